"""The HTML report as a person opens it, in a real browser without a network, and on paper."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from pytest_xsbond.outcomes import CATALOGUE

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="chromium or chromedriver is not installed"
)
SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
NAME = "<script>document.title='run'</script>"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that provisions three hosts, one of which is struck by a fault."""
    directory = tmp_path_factory.mktemp("report")
    bonds = f'[[bond]]\nnetwork = "{NAME}"\nnics = ["eth1", "eth5"]\n'
    (directory / "bonds.toml").write_text(bonds)
    options = ("--xsbond-lab-hosts=3", "--xsbond-lab-fault=leg-down@xs-3", "--pool=lab")
    pages = ("--html=report.html", "--self-contained-html", "--xsbond-bonds=bonds.toml")
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", *options, *pages]
    done = subprocess.run(command, cwd=directory, capture_output=True, check=False)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout.decode()
    return directory / "report.html"


def open_browser(profile: Path, *, scripts: bool) -> webdriver.Chrome:
    """Start a browser that has no network, with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for switch in (
        *SWITCHES,
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(switch)
    if not scripts:
        content = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", content)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))


@pytest.fixture(scope="module")
def page(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """The report in a browser."""
    browser = open_browser(tmp_path_factory.mktemp("browser"), scripts=True)
    try:
        browser.get(report.as_uri())
        yield browser
    finally:
        browser.quit()


def rows(page: webdriver.Chrome) -> list[WebElement]:
    """Return the rows of pytest-html's table."""
    return page.find_elements(By.CSS_SELECTOR, "#results-table tbody tr.collapsible")


def test_page_makes_no_complaints(page: webdriver.Chrome) -> None:
    """The console is empty: no script fails, and nothing is asked of a network."""
    complaints = page.execute("getLog", {"type": "browser"})["value"]
    assert complaints == []


def test_matrix_has_every_host_and_judged_outcome(page: webdriver.Chrome) -> None:
    """One cell for each, with a sign that needs no colour."""
    hosts = [each.text for each in page.find_elements(By.CSS_SELECTOR, ".matrix th.host")]
    assert hosts == ["xs-1", "xs-2", "xs-3"]
    ids = [
        each.text.split() for each in page.find_elements(By.CSS_SELECTOR, ".matrix td:first-child")
    ]
    assert {"PM-1", "M-3.5.2", "H-legs-up"} <= {id_ for cell in ids for id_ in cell}
    assert {id_ for cell in ids for id_ in cell} <= set(CATALOGUE)
    failed = page.find_elements(By.CSS_SELECTOR, ".matrix td.v-FAIL")
    assert [each.text for each in failed] == ["✗"]


def test_picture_shows_the_stages_of_every_host(page: webdriver.Chrome) -> None:
    """Drawn, as wide as the page allows, with the new bond marked and the sick one framed."""
    drawn = page.find_elements(By.CSS_SELECTOR, ".pool svg")
    assert len(drawn) == 3
    assert all(each.size["height"] > 100 for each in drawn)
    assert len(page.find_elements(By.CSS_SELECTOR, ".pool svg:first-child g.new")) == 1
    assert len(page.find_elements(By.CSS_SELECTOR, ".pool svg g.failed")) == 1


def test_filter_hides_what_passed(page: webdriver.Chrome) -> None:
    """pytest-html's own filters work on our rows."""
    everything = len(rows(page))
    box = page.find_element(By.CSS_SELECTOR, "input.filter[data-test-result='passed']")
    box.click()
    assert len(rows(page)) == 1
    box.click()
    assert len(rows(page)) == everything


def test_row_unfolds_to_wanted_seen_and_raw(page: webdriver.Chrome) -> None:
    """What failed is open; a click closes it, another opens it again."""
    (failed,) = (row for row in rows(page) if "Failed" in row.text)
    extra = page.find_element(By.CSS_SELECTOR, "#results-table .extras-row:not(.hidden)")
    for word in ("wanted", "seen", "eth5 has no carrier", "cause   no carrier", "bond/show"):
        assert word in (extra.get_attribute("textContent") or "")
    cell = failed.find_element(By.CSS_SELECTOR, "td.col-result")
    cell.click()
    assert not page.find_elements(By.CSS_SELECTOR, "#results-table .extras-row:not(.hidden)")
    page.find_element(By.CSS_SELECTOR, "#results-table td.col-result").click()
    assert page.find_elements(By.CSS_SELECTOR, "#results-table .extras-row:not(.hidden)")


def test_names_are_never_markup(page: webdriver.Chrome) -> None:
    """A network that is called like a script is shown as its name."""
    assert page.title.startswith("Bonds: lab")
    assert NAME in page.find_element(By.CSS_SELECTOR, ".xsbond").text


def test_page_reads_without_scripts(report: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Verdict, matrix and picture are there where JavaScript is forbidden."""
    browser = open_browser(tmp_path_factory.mktemp("browser"), scripts=False)
    try:
        browser.get(report.as_uri())
        text = browser.find_element(By.CSS_SELECTOR, ".xsbond").text
        assert "The pool is not as wanted: 1 claims do not hold" in text
        assert len(browser.find_elements(By.CSS_SELECTOR, ".matrix td.v")) > 100
        assert len(browser.find_elements(By.CSS_SELECTOR, ".pool svg")) == 3
    finally:
        browser.quit()


def test_page_fits_on_paper(page: webdriver.Chrome) -> None:
    """On A4 nothing of ours is wider than the sheet."""
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        # 210 mm less two margins of 12 mm, at 96 dots an inch.
        {"width": 703, "height": 1032, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        wide = page.execute_script(
            "return [...document.querySelectorAll('.xsbond table, .xsbond svg')]"
            ".filter(each => each.getBoundingClientRect().right > innerWidth).length"
        )
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert wide == 0
