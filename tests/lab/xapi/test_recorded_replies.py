"""The lab answers 314 recorded calls, most of them bad, as the recorded xapi did."""

import hashlib
import json
import re
import xmlrpc.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab.worlds import (
    PASSWORD,
    RECORDED,
    eventually,
    network,
    new_bond,
    new_network,
    pif,
    running,
    serving,
)
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World

_NAME = re.compile(r"<(?:address|host|network|PIF|Bond|session|track|another|new)\b[^<>]*>")


class Script:
    """Plays recorded calls; names in angle brackets stand for references of either pool."""

    def __init__(self, world: World, proxies: dict[str, xmlrpc.client.ServerProxy]) -> None:
        self._world, self._proxies = world, proxies
        self._known: dict[str, str] = {}

    def difference(self, line: dict[str, Any]) -> str:
        """Return how the lab's reply differs from the recorded one; empty if it does not."""
        params = self._with_references(line["params"])
        expected = line["reply"]
        reply = self._reply(line["to"], line["call"], params)
        if reply["Status"] == expected["Status"] and self._agree(expected, reply):
            return ""
        return f"{line['call']} {line['params']}: expected {expected}, got {reply}"

    def _reply(self, host: str, call: str, params: list[Any]) -> dict[str, Any]:
        reply: dict[str, Any] = {}

        def ended() -> bool:
            reply.update(getattr(self._proxies[host], call)(*params))
            value = reply.get("Value")
            return not isinstance(value, dict) or value.get("status") != "pending"

        eventually(ended)
        return reply

    def _agree(self, expected: dict[str, Any], reply: dict[str, Any]) -> bool:
        """Compare values; a new reference is learnt, a record may have more fields."""
        key = "Value" if "Value" in expected else "ErrorDescription"
        want, got = expected[key], reply[key]
        if isinstance(want, str) and want.startswith(("<new ", "<session>")):
            self._known[want] = got
            return True
        if isinstance(want, dict) and isinstance(got, dict):
            return self._records_agree(want, got)
        want = self._with_references(want)
        if isinstance(want, list) and key == "Value":
            return sorted(want) == sorted(got)
        return bool(want == got)

    def _records_agree(self, want: dict[str, Any], got: dict[str, Any]) -> bool:
        learns = re.fullmatch(r"<value>(<new .*>)</value>", str(want.get("result", "")))
        if learns:
            self._known[learns[1]] = got["result"].removeprefix("<value>").removesuffix("</value>")
        want = self._with_references(want)
        if all(isinstance(value, dict) and not value for value in want.values()):
            return not want or want.keys() == got.keys()
        return all(_covers(got.get(key), value) for key, value in want.items())

    def _with_references(self, value: Any) -> Any:
        match value:
            case str():
                return _NAME.sub(lambda match: self._reference(match[0]), value)
            case list():
                return [self._with_references(each) for each in value]
            case dict():
                return {
                    self._reference(k) if k.startswith("<") else k: self._with_references(v)
                    for k, v in value.items()
                }
            case _:
                return value

    def _reference(self, name: str) -> str:
        if name not in self._known:
            found = self._find(name)
            if found is None:
                return name
            self._known[name] = found
        return self._known[name]

    def _find(self, name: str) -> str | None:
        kind, *words = name.strip("<>").split()
        find: dict[str, Callable[..., str]] = {
            "host": lambda host: self._host(host).ref,
            "address": lambda host: self._host(host).address,
            "network": lambda bridge: network(self._world, bridge),
            "PIF": self._pif,
            "Bond": self._bond,
            "session": self._log_in,
            "another": lambda _: self._log_in(),
            "track": lambda *_: self._track(),
        }
        return find[kind](*words) if kind in find else None

    def _pif(self, host: str, device: str, vlan: str = "-1") -> str:
        return pif(self._world, self._host(host), device, int(vlan))

    def _bond(self, host: str, device: str) -> str:
        with self._world.lock:
            return self._world.database.where("Bond", master=self._pif(host, device))[0]

    def _host(self, name: str) -> Host:
        return next(host for host in self._world.hosts if host.name == name)

    def _track(self) -> str:
        """Return what xapi shows of the session in place of its reference."""
        return hashlib.md5(self._known["<session>"].encode(), usedforsecurity=False).hexdigest()

    def _log_in(self) -> str:
        reply = self._reply("xs-1", "session.login_with_password", ["root", PASSWORD])
        return str(reply["Value"])


def _covers(got: Any, want: Any) -> bool:
    """Tell whether a value is the wanted one; a record may have more fields."""
    if isinstance(want, dict) and isinstance(got, dict):
        return all(got.get(key) == value for key, value in want.items())
    return bool(got == want)


@pytest.fixture
def script() -> Iterator[Script]:
    """The pool as it was when the calls were recorded: PUB bonded on both hosts."""
    with running() as world, serving(world) as connect:
        pub = new_network(world)
        for host in world.hosts:
            new_bond(world, host, pub, "eth1", "eth5")
        yield Script(world, {host.name: connect(host) for host in world.hosts})


def test_recorded_calls_are_answered_as_recorded(script: Script) -> None:
    """Code, arguments and values of all replies are those of xapi 26.17."""
    text = (RECORDED / "errors.jsonl").read_text(encoding="utf-8")
    differences = [script.difference(json.loads(line)) for line in text.splitlines()]
    assert [difference for difference in differences if difference] == []
