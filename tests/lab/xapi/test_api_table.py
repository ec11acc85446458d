"""The table of the API: what its language means, and that it says nothing it does not know."""

import pytest

from xsbond.lab.xapi.access.roles import LOCAL_ROOT, ROLES
from xsbond.lab.xapi.api.signatures import all_signatures
from xsbond.lab.xapi.api.table import classes, read

TABLE = """# A comment.
enum colour red
enum colour green
class thing pool-operator @7.1
make colour=colour size=int?
fields uuid name_label=string colour size=int!vm-admin@7.3
call paint thing colour string? read-only there
call break set:thing sync !8.0 @7.5
"""


def test_words_of_an_enumeration_go_on_over_lines() -> None:
    """As does every line that begins like the one before."""
    (row,) = read(TABLE)
    assert row.calls[0].arguments[1].kind.words == ("red", "green")


def test_class_has_a_role_and_a_release() -> None:
    """The role is that of all it does not say more about."""
    (row,) = read(TABLE)
    assert (row.name, row.role, row.since) == ("thing", "pool-operator", (7, 1))


def test_field_with_a_kind_can_be_set() -> None:
    """Its role and its release may be its own."""
    (row,) = read(TABLE)
    settable = [(each.name, each.role, each.since) for each in row.fields if each.value]
    assert settable == [("name_label", "", ()), ("size", "vm-admin", (7, 3))]


def test_parameter_with_a_question_mark_may_be_left_out() -> None:
    """The others are required."""
    (row,) = read(TABLE)
    assert [each.optional for each in row.calls[0].arguments] == [False, False, True]


def test_parameter_named_like_a_class_refers_to_its_objects() -> None:
    """One of them, or a set."""
    (row,) = read(TABLE)
    assert [call.arguments[0].of for call in row.calls] == ["thing", "thing"]
    assert [call.arguments[0].kind.word for call in row.calls] == ["ref", "set"]


def test_call_has_its_class_s_role_unless_it_says_so() -> None:
    """And those that only read are for everybody."""
    (row,) = read(TABLE)
    assert [call.role for call in row.calls] == ["read-only", "pool-operator"]


def test_call_may_come_late_and_go_again() -> None:
    """The first release that has it, and the first that removed it."""
    (row,) = read(TABLE)
    assert (row.calls[1].since, row.calls[1].removed) == ((7, 5), (8, 0))


def test_line_that_says_nothing_known_is_refused() -> None:
    """A slip of the pen does not become a message."""
    with pytest.raises(ValueError, match="starts with 'cal'"):
        read("class thing pool-operator\ncal paint\n")


def test_references_are_to_classes_that_are_there() -> None:
    """A word that is neither a kind nor a class would be taken for a reference."""
    known = {row.name for row in classes()}
    referred = {each.of for one in all_signatures() for each in one.arguments if each.of}
    made = {each.of for row in classes() for each in (row.made_from or {}).values() if each.of}
    assert (referred | made) - known == set()


def test_roles_are_those_there_are() -> None:
    """Or the one of nobody but root."""
    assert {each.role for each in all_signatures()} <= {*ROLES, LOCAL_ROOT}


def test_no_message_is_in_the_table_twice() -> None:
    """Neither as a field's nor as a call."""
    names = [each.name for each in all_signatures()]
    assert sorted(set(names)) == sorted(names)
