"""What the shell refuses, and what it stops."""

import pytest

from tests.lab_dom0.hosts import Shell

UNSUPPORTED = {
    "array": "x=(1 2)",
    "array element": "echo ${x[0]}",
    "brace expansion": "echo {1..3}",
    "brace list": "echo a{b,c}",
    "process substitution": "cat <(echo a)",
    "substring": "echo ${x:1:2}",
    "counting loop": "for ((i=0; i<3; i++)); do :; done",
    "increment": "echo $((i++))",
    "third descriptor": "echo a 3>f",
    "readonly": "readonly x=1",
    "unknown option of set": "set -x",
    "escaped slash in a replacement": "y=/a; echo ${y/\\//-}",
}


@pytest.mark.parametrize("script", UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_unsupported_language_is_refused(shell: Shell, script: str) -> None:
    """One clear line, status 2, nothing printed."""
    answer = shell.run(script)
    assert (answer.stdout, answer.status) == ("", 2)
    assert "the lab's shell" in answer.stderr


def test_nothing_runs_of_a_script_with_unsupported_language(shell: Shell) -> None:
    """The whole script is looked at first."""
    assert shell.out("echo a\necho {1..3}\n") == ""


@pytest.mark.parametrize("script", ["echo 'a", "if true; then", "echo a; )", "for i in a; do echo"])
def test_bad_syntax_is_refused(shell: Shell, script: str) -> None:
    """As bash does: status 2 and a word about syntax."""
    answer = shell.run(script)
    assert answer.status == 2
    assert "syntax error" in answer.stderr


def test_endless_loop_is_stopped(shell: Shell) -> None:
    """A script may take so many steps."""
    answer = shell.run("while true; do :; done")
    assert (answer.stderr, answer.status) == (
        "bash: this script does not end; the lab stops it\n",
        124,
    )


def test_endless_recursion_is_stopped(shell: Shell) -> None:
    """A function may call itself so often."""
    assert shell.run("f() { f; }; f").status == 2


def test_required_parameter_is_asked_for(shell: Shell) -> None:
    """${NAME:?TEXT}."""
    assert shell.run("echo ${x:?not given}").stderr == "bash: x: not given\n"


def test_division_by_zero_is_an_error(shell: Shell) -> None:
    """The command does not run."""
    answer = shell.run("echo $((1 / 0)); echo $?")
    assert (answer.stdout, answer.stderr) == ("1\n", "bash: division by 0\n")


def test_number_that_is_none_is_an_error(shell: Shell) -> None:
    """In arithmetic."""
    assert shell.run("x=2x; echo $((x + 1))").stderr == "bash: 2x: syntax error in expression\n"
