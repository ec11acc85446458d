"""The parts without a pool: values a client sends, the query language, the consistency check."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.worlds import running
from xsbond.lab.contracts import Failure
from xsbond.lab.pool.database import Database
from xsbond.lab.pool.inventory import edited
from xsbond.lab.pool.schema.kinds import BOOL, FLOAT, INT, MAP, STRING, STRINGS, Kind
from xsbond.lab.pool.schema.network import BOND, NETWORK
from xsbond.lab.pool.state import Pool
from xsbond.lab.world import ImpossibleWorldError, World
from xsbond.lab.xapi.incoming import native
from xsbond.lab.xapi.query import compile_query, text_of
from xsbond.lab.xapi.wire import xmlrpc

ACCEPTED = [
    (INT, "1500", 1500),
    (INT, "-5", -5),
    (INT, "0x10", 16),
    (INT, "1_000", 1000),
    (INT, 7, 7),
    (FLOAT, "1.5", 1.5),
    (FLOAT, 2, 2.0),
    (BOOL, True, True),
    (STRINGS, ["a"], ["a"]),
    (MAP, {"a": "b"}, {"a": "b"}),
]


@pytest.mark.parametrize(("kind", "sent", "expected"), ACCEPTED, ids=repr)
def test_value_is_understood(kind: Kind, sent: Any, expected: Any) -> None:
    """Numbers may come as text."""
    assert native(kind, sent) == expected


REFUSED = [
    (INT, "", 'Failure("Int64.of_string")'),
    (INT, "9223372036854775808", 'Failure("Int64.of_string")'),
    (INT, True, "Failure(\"Expected int64, got 'B(true)'\")"),
    (FLOAT, "soon", 'Failure("float_of_string")'),
    (STRING, [1, "a"], "Failure(\"Expected string, got '[I(1);S(a)]'\")"),
    (STRING, {"a": None}, "Failure(\"Expected string, got '{a:N}'\")"),
    (STRINGS, {}, "Failure(\"Expecting Rpc.Enum, but found '{}'\")"),
]


@pytest.mark.parametrize(("kind", "sent", "text"), REFUSED, ids=repr)
def test_value_is_refused(kind: Kind, sent: Any, text: str) -> None:
    """In ocaml-rpc's words."""
    with pytest.raises(Failure) as caught:
        native(kind, sent)
    assert (caught.value.code, caught.value.arguments) == ("INTERNAL_ERROR", (text,))


RECORD = {"mode": "lacp", "links_up": 2, "auto_update_mac": True, "slaves": [], "properties": {}}
QUERIES = {
    "true": True,
    "false": False,
    'field "mode"="lacp"': True,
    '"lacp"=field "mode"': True,
    'field "links_up"="2"': True,
    'field "auto_update_mac"="true"': True,
    'field "slaves"="()"': True,
    'field "properties"="()"': True,
    "not false": True,
    "not true and false": True,
    "(not true) and false": False,
    "true or false and false": False,
    "true or (false and false)": True,
    "false and not true or true": False,
}
"""Expression -> what it says of RECORD; `not` binds loosest, the others associate to the left."""


@pytest.mark.parametrize("expression", QUERIES)
def test_query_says(expression: str) -> None:
    """As db_filter_parse.mly reads it."""
    assert compile_query(expression, BOND)(RECORD) is QUERIES[expression]


def test_namespaces_have_two_underscores() -> None:
    """The database's columns are not the API's names."""
    assert compile_query('field "name__label"="PUB"', NETWORK)({"name_label": "PUB"})


def test_literal_is_no_keyword() -> None:
    """Quotes make text of anything."""
    assert compile_query('field "mode"="not"', BOND)({"mode": "not"})


TEXTS = [
    (["a", "b"], "('a' 'b')"),
    ({"a": "b"}, "(('a' 'b'))"),
    (0.5, "0.5"),
    (1.0, "1."),
    (False, "false"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=repr)
def test_database_text(value: Any, text: str) -> None:
    """Sets and maps are S-expressions."""
    assert text_of(value) == text


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"])))
def test_any_text_survives_xml(text: str) -> None:
    """Markup is escaped, nothing else changes."""
    method, parameters = xmlrpc.decode(
        f"<methodCall><methodName>m</methodName><params><param><value>{xmlrpc.encode(text)}"
        "</value></param></params></methodCall>".encode()
    )
    assert (method, parameters) == ("m", [text])


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1.0, "1"), (0.2, "0.2"), (2 / 3, "0.6666666666666666")]
)
def test_double_has_16_digits(value: float, text: str) -> None:
    """As ocaml-rpc prints it."""
    assert xmlrpc.encode(value) == f"<double>{text}</double>"


def test_inventory_keeps_what_is_not_edited() -> None:
    """Only the value asked for changes."""
    assert edited("A='1'\nB='2'\n", B="3") == "A='1'\nB='3'\n"


@pytest.fixture
def database() -> Database:
    """An empty database whose lock is held by this thread."""
    lock = threading.RLock()
    lock.acquire()
    return Database(lock)


def test_latest_referrer_comes_first(database: Database) -> None:
    """The sets of a relation are in the order of the last change."""
    host = database.create("host")
    first = database.create("PIF", host=host)
    second = database.create("PIF", host=host)
    database.set("PIF", first, network=database.create("network"))
    assert database.get("host", host)["PIFs"] == [first, second]


def test_unknown_field_is_a_mistake(database: Database) -> None:
    """The rules cannot invent fields."""
    with pytest.raises(KeyError):
        database.create("host", colour="green")


def test_same_value_is_no_change(database: Database) -> None:
    """No generation passes."""
    host = database.create("host", name_label="xs-1")
    before = database.generation
    database.set("host", host, name_label="xs-1")
    assert database.generation == before


def _master_bond(pool: Pool) -> str:
    return pool.database.refs("Bond")[0]


def two_managements(world: World) -> None:
    """All PIFs of a host manage it."""
    for ref in world.database.where("PIF", host=world.hosts[0].ref):
        world.database.set("PIF", ref, management=True)


def lost_metrics(world: World) -> None:
    """A PIF refers to metrics that are gone."""
    world.database.destroy("PIF_metrics", world.database.refs("PIF_metrics")[0])


def foreign_primary(world: World) -> None:
    """A bond's primary slave is not its slave."""
    bond = _master_bond(world.pool)
    master = world.database.get("Bond", bond)["master"]
    world.database.set("Bond", bond, primary_slave=master)


def shared_bridge(world: World) -> None:
    """Two networks have one bridge."""
    for ref in world.database.refs("network")[:2]:
        world.database.set("network", ref, bridge="xenbr0")


def crowded_network(world: World) -> None:
    """All PIFs of a host are on one network."""
    for ref in world.database.where("PIF", host=world.hosts[0].ref):
        world.database.set("PIF", ref, network=world.database.refs("network")[0])


def twin_devices(world: World) -> None:
    """Two NICs of a host have one name."""
    for ref in world.database.where("PIF", host=world.hosts[0].ref, physical=True)[:2]:
        world.database.set("PIF", ref, device="eth9")


def stretched_bond(world: World) -> None:
    """A leg moves to another host."""
    slave = world.database.get("Bond", _master_bond(world.pool))["slaves"][0]
    other = [h.ref for h in world.hosts if h.ref != world.database.get("PIF", slave)["host"]]
    world.database.set("PIF", slave, host=other[0])


IMPOSSIBLE = {
    two_managements: "management PIFs",
    lost_metrics: "metrics refers to no PIF_metrics",
    foreign_primary: "primary slave is none of its slaves",
    shared_bridge: "networks have the bridge xenbr0",
    crowded_network: "PIFs on network",
    twin_devices: "PIFs named eth9",
    stretched_bond: "spans 2 hosts",
}


@pytest.mark.parametrize("break_world", IMPOSSIBLE, ids=lambda each: each.__name__)
def test_impossible_world_is_noticed(break_world: Any) -> None:
    """The check names what cannot be."""
    complaint = IMPOSSIBLE[break_world]
    with pytest.raises(ImpossibleWorldError, match=complaint), running() as world, world.lock:
        break_world(world)
