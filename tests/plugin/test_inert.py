"""Without a pool the plugin does nothing but offer its options."""

import sys

import pytest

from pytest_xsbond.option_table import OPTIONS


def test_nothing_heavy_is_imported(pytester: pytest.Pytester) -> None:
    """A session without --pool imports neither paramiko nor XenAPI, nor the pool half."""
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            heavy = {"paramiko", "XenAPI", "msgspec", "stamina", "xsbond", "cryptography"}
            assert heavy & set(sys.modules) == set()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:randomly")
    result.assert_outcomes(passed=1)


def test_nothing_is_printed(pytester: pytest.Pytester) -> None:
    """A session without --pool prints no line of ours."""
    pytester.makepyfile("def test_one(): pass")
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("xsbond*")


def test_fixture_without_a_pool_says_what_to_give(pytester: pytest.Pytester) -> None:
    """A test of one's own that needs a pool says so in one line."""
    pytester.makepyfile("def test_one(xs_host): pass")
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no pool: give --pool=ADDRESS or --pool=lab*"])


def test_help_names_no_page_that_a_wheel_has_elsewhere() -> None:
    """The pages are printed by a command; the paths are those of a checkout."""
    assert [option.name for option in OPTIONS if ".md" in option.help] == []


def test_help_lists_the_options(pytester: pytest.Pytester) -> None:
    """`pytest --help` shows our group."""
    result = pytester.run(sys.executable, "-m", "pytest", "--help")
    result.stdout.fnmatch_lines(["*--pool*ADDRESS*", "*--xsbond-apply*", "*--xsbond-plan*"])
