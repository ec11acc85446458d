"""The JUnit file: what CI servers read of a run in which everything has happened at once."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import xmlschema

from pytest_xsbond.claims.health import XAPI_LAG
from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.waivers.test_waivers import judged, waiver

SCHEMA = Path(__file__).parent / "data" / "junit-xunit2.xsd"


@pytest.fixture
def junit(pytester: pytest.Pytester, recorded: Stages) -> Path:
    """The file of a run with passes, a failure, errors, a warning, a waiver and no verdict."""
    draft = Draft(recorded.now)
    draft.pif("xs-1", "bond1")["MTU"] = "9000"
    draft.bond("xs-1", "bond1")["links_up"] = "1"
    draft.uncounted = XAPI_LAG
    draft.pif("xs-2", "bond1")["device"] = "bond7"
    draft.unreachable("xs-2", "connection refused \x1b[31m<now>")
    for leg in ("eth1", "eth5"):
        draft.metrics("xs-1", leg)["speed"] = "-1"
    run = judged(
        pytester, draft.read(), waiver("H-mtu", host="xs-1"), "--junitxml=reports/junit.xml"
    )
    verdicts = {result.verdict for result in run.results}
    assert verdicts == {"pass", "n/j", "warn", "waived", "FAIL", "ERROR"}
    return pytester.path / "reports" / "junit.xml"


def cases(path: Path) -> list[ET.Element]:
    """Return the test cases of a file."""
    return list(ET.parse(path).getroot().iter("testcase"))  # noqa: S314 - it is our own


def properties(case: ET.Element) -> dict[str, str]:
    """Return the properties of a test case."""
    return {each.get("name", ""): each.get("value", "") for each in case.iter("property")}


def test_file_is_as_the_schema_says(junit: Path) -> None:
    """Nothing a consumer does not expect, whatever a pool answers."""
    xmlschema.XMLSchema(SCHEMA).validate(junit)


def test_schema_can_tell() -> None:
    """A file with a test case that has no name is none."""
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        xmlschema.XMLSchema(SCHEMA).validate(
            '<testsuites><testsuite name="x" tests="1" errors="0" failures="0" skipped="0"'
            ' time="1" timestamp="2026-11-28T00:00:00" hostname="h"><testcase classname="c"'
            ' time="0"/></testsuite></testsuites>'
        )


def test_every_case_names_host_and_outcome(junit: Path) -> None:
    """Who reads the file needs neither test names nor this project's code."""
    told = [properties(case) for case in cases(junit)]
    assert told
    assert {each["host"] for each in told} == {"xs-1", "xs-2"}
    assert all(each["outcome"] for each in told)
    assert {name for each in told for name in each} >= {"host", "outcome", "warning", "waived"}


@pytest.mark.parametrize(
    ("outcome", "host", "tag"),
    [
        ("H-legs-up", "xs-1", "failure"),
        ("H-legs-up", "xs-2", "error"),
        ("H-mtu", "xs-1", "skipped"),
        ("H-speed", "xs-1", "skipped"),
    ],
    ids=["fails", "nobody-looked", "waived", "not-judged"],
)
def test_verdict_is_an_element(junit: Path, outcome: str, host: str, tag: str) -> None:
    """FAILED, ERROR, waived and not judged are told apart."""
    wanted = {"host": host, "outcome": outcome}
    (case,) = [case for case in cases(junit) if wanted.items() <= properties(case).items()]
    assert [child.tag for child in case if child.tag != "properties"] == [tag]
