"""Settings of the pool and its hosts that are a field each (xapi_pool.ml, xapi_host.ml).

A setting of the pool either is a field of the pool, or goes to all of its hosts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import BOOL, DATE, INT, MAP, REF, REFS, STRING, Kind, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import NULL, Date, date, new_uuid
from xsbond.lab.xapi.calls.maps import adding, removing
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_SELF = Parameter("self", REF)
_LONGEST_SSH = 172800
"""Seconds of ssh_enabled_timeout: two days (xapi_globs.ml)."""
_WEEK = 7
_DAY = 86400.0
_DAYS_AHEAD = {"daily": 2, "weekly": 14, "monthly": 62}

Check = Callable[..., None]
"""Raises the failure of values the setting cannot have; given the call and the values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One message that stores what it is given."""

    verb: str
    fields: Mapping[str, Kind]
    """In the order of the parameters."""
    check: Check = lambda *_: None


def _in_range(name: str, least: int, most: int | None = None) -> Check:
    def check(_: Call, value: int) -> None:
        if value < least or (most is not None and value > most):
            raise Failure("INVALID_VALUE", name, str(value))

    return check


def _not_empty(name: str) -> Check:
    def check(_: Call, value: str) -> None:
        if not value:
            raise Failure("INVALID_VALUE", name, value)

    return check


def _day_of(_: Call, frequency: str, day: int) -> None:
    """A day of the week, and 0 where each day will do."""
    if not 0 <= day < (_WEEK if frequency == "weekly" else 1):
        raise Failure("INVALID_UPDATE_SYNC_DAY", str(day))


def _has_repositories(call: Call, enabled: bool) -> None:
    if enabled and not call.pool.record["repositories"]:
        raise Failure("NO_REPOSITORIES_CONFIGURED")


def _not_too_late(call: Call, value: Date) -> None:
    """A collection may be put off for about two of its intervals."""
    days = _DAYS_AHEAD[call.pool.record["telemetry_frequency"]]
    if value.replace("-", "") > date(call.pool.clock.time() + days * _DAY):
        raise Failure("TELEMETRY_NEXT_COLLECTION_TOO_LATE", value)


def _are_repositories(_: Call, refs: list[str]) -> None:
    """No lab has any."""
    for ref in refs:
        raise Failure("HANDLE_INVALID", "Repository", ref)


OF_POOL = (
    Setting(verb="set_repositories", fields={"repositories": REFS}, check=_are_repositories),
    Setting(
        verb="set_telemetry_next_collection",
        fields={"telemetry_next_collection": DATE},
        check=_not_too_late,
    ),
    Setting(
        verb="configure_update_sync",
        fields={"update_sync_frequency": enum("daily", "weekly"), "update_sync_day": INT},
        check=_day_of,
    ),
    Setting(
        verb="set_update_sync_enabled",
        fields={"update_sync_enabled": BOOL},
        check=_has_repositories,
    ),
    Setting(
        verb="set_local_auth_max_threads",
        fields={"local_auth_max_threads": INT},
    ),
    Setting(
        verb="set_ext_auth_max_threads",
        fields={"ext_auth_max_threads": INT},
    ),
    Setting(verb="set_ext_auth_cache_enabled", fields={"ext_auth_cache_enabled": BOOL}),
    Setting(
        verb="set_ext_auth_cache_size",
        fields={"ext_auth_cache_size": INT},
        check=_in_range("size", 0),
    ),
    Setting(
        verb="set_ext_auth_cache_expiry",
        fields={"ext_auth_cache_expiry": INT},
        check=_in_range("expiry", 1),
    ),
)
"""Fields of the pool."""

OF_HOSTS = (
    Setting(verb="set_https_only", fields={"https_only": BOOL}),
    Setting(
        verb="set_ssh_enabled_timeout",
        fields={"ssh_enabled_timeout": INT},
        check=_in_range("ssh_enabled_timeout", 0, _LONGEST_SSH),
    ),
    Setting(
        verb="set_console_idle_timeout",
        fields={"console_idle_timeout": INT},
        check=_in_range("console_idle_timeout", 0),
    ),
    Setting(verb="set_ssh_auto_mode", fields={"ssh_auto_mode": BOOL}),
)
"""Fields of a host that can be set for the whole pool, too."""

OF_HOST = (
    Setting(verb="set_power_on_mode", fields={"power_on_mode": STRING, "power_on_config": MAP}),
    Setting(verb="set_iscsi_iqn", fields={"iscsi_iqn": STRING}, check=_not_empty("value")),
    Setting(verb="set_multipathing", fields={"multipathing": BOOL}),
    Setting(
        verb="set_numa_affinity_policy",
        fields={"numa_affinity_policy": enum("any", "best_effort", "default_policy")},
    ),
)
"""Fields of a host."""

_ON_MASTER = frozenset({"host.set_power_on_mode"})
"""Settings of a host that may be down."""

_SSH = {"enable_ssh": True, "disable_ssh": False}

_DISPLAY: Mapping[str, Mapping[str, str]] = {
    "enable_display": {"disabled": "enable_on_reboot", "disable_on_reboot": "enabled"},
    "disable_display": {"enabled": "disable_on_reboot", "enable_on_reboot": "disabled"},
}
"""Message -> what host.display turns from, and into (xapi_host_display.ml)."""


def _itself(_: Pool, host: str) -> list[str]:
    return [host]


def _all_hosts(pool: Pool, ref: str) -> list[str]:
    pool.database.row("pool", ref)
    return list(pool.hosts)


def _stores(one: str, setting: Setting) -> Body:
    """Return what stores the values in one object."""

    def body(call: Call, ref: str, *values: Any) -> None:
        call.pool.database.row(one, ref)
        setting.check(call, *values)
        call.pool.database.set(one, ref, **dict(zip(setting.fields, values, strict=True)))

    return body


def _stores_everywhere(setting: Setting) -> Body:
    """Return what stores the values in all hosts."""

    def body(call: Call, ref: str, *values: Any) -> None:
        setting.check(call, *values)
        for host in _all_hosts(call.pool, ref):
            call.pool.database.set("host", host, **dict(zip(setting.fields, values, strict=True)))

    return body


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _message(name: str, body: Body, *kinds: Kind) -> Message:
    """Return a message; a host's settings are carried out on the host."""
    values = (Parameter(f"value {number}", kind) for number, kind in enumerate(kinds, 1))
    there = name.startswith("host.") and name not in _ON_MASTER
    return Message(
        name=name,
        parameters=(_SELF, *values),
        body=body,
        runs_on=_host_itself if there else None,
        has_async=True,
    )


def _switches_ssh(hosts_of: Callable[[Pool, str], list[str]], *, on: bool) -> Body:
    """Return what lets clients of SSH in, or no more."""

    def body(call: Call, ref: str) -> None:
        for host in hosts_of(call.pool, ref):
            call.pool.database.set("host", host, ssh_enabled=on)
            for told in call.pool.hosts[host].on_ssh:
                told(on)

    return body


def _turns_display(turns: Mapping[str, str]) -> Body:
    def body(call: Call, ref: str) -> str:
        now: str = call.pool.database.get("host", ref)["display"]
        call.pool.database.set("host", ref, display=turns.get(now, now))
        return turns.get(now, now)

    return body


def _reset_telemetry(call: Call, ref: str) -> None:
    """Report under another name from now on."""
    database = call.pool.database
    old = database.get("pool", ref)["telemetry_uuid"]
    database.set("pool", ref, telemetry_uuid=database.create("secret", value=new_uuid()))
    if old != NULL:
        database.destroy("secret", old)


def _enable_certificates(call: Call, ref: str, name: str) -> None:
    call.pool.database.set(
        "pool", ref, client_certificate_auth_enabled=True, client_certificate_auth_name=name
    )


def _disable_certificates(call: Call, ref: str) -> None:
    call.pool.database.set("pool", ref, client_certificate_auth_enabled=False)


def _license_state(call: Call, ref: str) -> dict[str, str]:
    """The lab's hosts have all the same edition, and it does not expire."""
    call.pool.database.row("pool", ref)
    edition = call.pool.database.get("host", call.pool.master.ref)["edition"]
    return {"edition": edition, "expiry": "never"}


_GUEST_AGENT = ("pool", "guest_agent_config")

MESSAGES = (
    *(_message(f"pool.{s.verb}", _stores("pool", s), *s.fields.values()) for s in OF_POOL),
    *(_message(f"pool.{s.verb}", _stores_everywhere(s), *s.fields.values()) for s in OF_HOSTS),
    *(_message(f"host.{s.verb}", _stores("host", s), *s.fields.values()) for s in OF_HOSTS),
    *(_message(f"host.{s.verb}", _stores("host", s), *s.fields.values()) for s in OF_HOST),
    *(_message(f"host.{verb}", _turns_display(turns)) for verb, turns in _DISPLAY.items()),
    *(
        _message(f"{one}.{verb}", _switches_ssh(hosts_of, on=on))
        for one, hosts_of in (("pool", _all_hosts), ("host", _itself))
        for verb, on in _SSH.items()
    ),
    _message("pool.reset_telemetry_uuid", _reset_telemetry),
    _message("pool.add_to_guest_agent_config", adding(*_GUEST_AGENT), STRING, STRING),
    _message("pool.remove_from_guest_agent_config", removing(*_GUEST_AGENT), STRING),
    _message("pool.enable_client_certificate_auth", _enable_certificates, STRING),
    _message("pool.disable_client_certificate_auth", _disable_certificates),
    _message("pool.get_license_state", _license_state),
)
