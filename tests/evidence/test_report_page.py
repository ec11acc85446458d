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

from pytest_xsbond.claims.outcomes import CATALOGUE

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
    """Drawn, with the new bond marked and the sick one framed; the odd host comes first."""
    hosts = page.find_elements(By.CSS_SELECTOR, ".pool figure")
    assert "xs-3" in hosts[0].find_element(By.CSS_SELECTOR, "figcaption").text
    drawn = hosts[0].find_elements(By.CSS_SELECTOR, "svg")
    assert len(drawn) == 3
    assert all(each.size["height"] > 100 for each in drawn)
    assert len(drawn[2].find_elements(By.CSS_SELECTOR, ".bond.new.failed")) == 1
    assert "no link" in drawn[2].text
    assert len(page.find_elements(By.CSS_SELECTOR, ".pool figure.odd")) == 1


def test_cell_leads_to_its_row(page: webdriver.Chrome) -> None:
    """What a mark stands for is one click away, in the table that scripts have made."""
    cell = page.find_element(By.CSS_SELECTOR, ".matrix td.v-FAIL a")
    row = page.find_element(By.CSS_SELECTOR, "#results-table tbody.failed td.col-result")
    assert (cell.get_attribute("href") or "").partition("#")[2] == row.get_attribute("id")


def test_every_link_leads_somewhere(page: webdriver.Chrome) -> None:
    """Claims that only warn have rows, too."""
    dangling = page.execute_script(
        "return [...document.querySelectorAll('.xsbond a')]"
        ".map(each => each.getAttribute('href'))"
        ".filter(each => !document.querySelector(each))"
    )
    assert dangling == []


def test_cause_leads_to_its_claims(page: webdriver.Chrome) -> None:
    """Each id that a cause explains is a link."""
    (cause,) = page.find_elements(By.CSS_SELECTOR, ".cause")
    ids = [each.text for each in cause.find_elements(By.CSS_SELECTOR, "dt a")]
    assert "H-legs-up" in ids


def test_what_was_found_comes_first(page: webdriver.Chrome) -> None:
    """Verdict, contents, causes, picture, matrix, claims; then run, hosts, steps, environment."""
    parts = (
        *(".verdict", "nav", "#causes", "#pool", "#matrix", "#results-table"),
        *("#run", "#hosts", "#steps", "#environment-header"),
    )
    tops = [page.find_element(By.CSS_SELECTOR, part).location["y"] for part in parts]
    assert tops == sorted(tops)
    assert len(set(tops)) == len(tops)


@pytest.mark.parametrize("width", [1400, 800])
def test_nothing_is_wider_than_the_window(page: webdriver.Chrome, width: int) -> None:
    """No sideways scrolling, with every row unfolded."""
    page.find_element(By.ID, "show_all_details").click()
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        wide = page.execute_script(
            "return [...document.querySelectorAll('body, body *')]"
            ".filter(each => each.getBoundingClientRect().right > innerWidth + 1"
            " || each.scrollWidth > document.documentElement.clientWidth + 1)"
            ".map(each => each.tagName + '.' + each.className)"
        )
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_script("sessionStorage.clear()")
        page.refresh()
    assert wide == []


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
    for word in ("seen", "eth5 has no carrier", "cause   no carrier", "bond/show"):
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
        assert "The pool is not as wanted: 1 claim does not hold" in text
        assert len(browser.find_elements(By.CSS_SELECTOR, ".matrix td.v")) > 100
        assert len(browser.find_elements(By.CSS_SELECTOR, ".pool svg")) >= 6
    finally:
        browser.quit()


def test_page_fits_on_paper(page: webdriver.Chrome) -> None:
    """On A4 nothing is wider than the sheet, and no answer is cut at the edge of its box."""
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        # 210 mm less two margins of 12 mm, at 96 dots an inch.
        {"width": 703, "height": 1032, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        wide = page.execute_script(
            "return [...document.querySelectorAll('body *')]"
            ".filter(each => each.getBoundingClientRect().right > innerWidth + 1)"
            ".map(each => each.tagName + '.' + each.className)"
        )
        cut = page.execute_script(
            "return [...document.querySelectorAll('.logwrapper')].filter(each =>"
            " getComputedStyle(each).overflowY != 'visible'"
            " && each.scrollHeight > each.clientHeight + 1).length"
        )
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert (wide, cut) == ([], 0)
