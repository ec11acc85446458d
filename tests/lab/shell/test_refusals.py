"""What the shell does not know, what it refuses, and what it stops."""

import pytest

from tests.lab.hosts import Shell

UNKNOWN_LANGUAGE = {
    "array": "x=(1 2)",
    "array element": "echo ${x[0]}",
    "assigned array element": "x[0]=1",
    "all arguments": 'for i in "$@"; do :; done',
    "arithmetic as a command": "((x=1))",
    "arithmetic on bits": "echo $((1 << 2))",
    "assigned default": "echo ${x:=1}",
    "brace expansion": "echo {1..3}",
    "brace list": "echo a{b,c}",
    "case": "case a in a) echo a;; esac",
    "counting loop": "for ((i=0; i<3; i++)); do :; done",
    "declaration": "declare -i x=1",
    "double brackets": "[[ -e /etc ]] && echo a",
    "errors into a pipeline": "ls /nothing |& cat",
    "escaped slash in a replacement": "y=/a; echo ${y/\\//-}",
    "export of nothing": "export",
    "file as a substitution": "echo $(< /etc/hostname)",
    "here document": "cat <<EOF\na\nEOF\n",
    "here string": "cat <<< a",
    "increment": "echo $((i++))",
    "indirection": "echo ${!x}",
    "local variable": "local x=1",
    "loop over the arguments": "for i; do echo $i; done",
    "menu": "select i in a b; do echo $i; done",
    "process substitution": "cat <(echo a)",
    "readonly": "readonly x=1",
    "replacement": "echo ${x/a/b}",
    "required parameter": "echo ${x:?not given}",
    "substring": "echo ${x:1:2}",
    "ternary": "echo $((1 ? 2 : 3))",
    "third descriptor": "echo a 3>f",
    "translated string": 'echo $"a"',
}
UNKNOWN_COMMANDS = {
    "option of the shell": "set -x",
    "arguments set anew": "set -- a b",
    "status of a pipeline": "set -o pipefail",
    "evaluation": "eval echo a",
    "trap": "trap 'echo a' EXIT",
    "replacing the shell": "exec ls",
    "kind of a command": "type ls",
    "alias": "alias l=ls",
    "duration": "time ls",
    "command behind functions": "command ls",
    "option of sh": "sh -e -c 'echo a'",
    "awk with a condition": "echo a | awk 'NR == 1'",
    "awk with a sum": "echo 1 | awk '{ s += $1 } END { print s }'",
    "awk with a variable": "echo a | awk -v x=1 '{ print x }'",
    "awk into a pipeline": "echo a | awk '{ print | \"cat\" }'",
    "awk into a file": "echo a | awk '{ print > \"f\" }'",
    "awk without a program": "awk",
    "sed substituting": "echo a | sed s/a/b/",
    "sed deleting": "echo a | sed -n /a/d",
    "sed in place": "sed -i s/a/b/ /etc/hostname",
    "sed with two commands": "echo a | sed -n -e 1p -e 2p",
    "sed without a script": "sed",
    "hexadecimal number": "printf '%x' 10",
    "number with its sign": "printf '%+d' 10",
    "number with a blank": "printf '% d' 10",
}


@pytest.mark.parametrize("script", UNKNOWN_LANGUAGE.values(), ids=UNKNOWN_LANGUAGE.keys())
def test_unknown_language_is_answered_like_a_missing_command(shell: Shell, script: str) -> None:
    """Status 127, nothing printed, one line that names the lab with a real bash."""
    answer = shell.run(script)
    assert (answer.stdout, answer.status, answer.stderr.count("\n")) == ("", 127, 1)
    assert answer.stderr.startswith("bash: ")
    assert "the lab's shell does not know this; lab:ovs has a real bash" in answer.stderr


@pytest.mark.parametrize("script", UNKNOWN_COMMANDS.values(), ids=UNKNOWN_COMMANDS.keys())
def test_unknown_command_of_bash_is_answered_like_a_missing_one(shell: Shell, script: str) -> None:
    """The same for a command that is there, but cannot do this."""
    answer = shell.run(script)
    assert (answer.stdout, answer.status, answer.stderr.count("\n")) == ("", 127, 1)
    assert "the lab's shell does not know this; lab:ovs has a real bash" in answer.stderr


def test_script_goes_on_behind_a_command_that_is_not_known(shell: Shell) -> None:
    """As behind any command that is missing."""
    answer = shell.run("set -x; echo a")
    assert (answer.stdout, answer.status) == ("a\n", 0)


def test_nothing_runs_of_a_script_with_unknown_language(shell: Shell) -> None:
    """The whole script is looked at first."""
    assert shell.out("echo a\necho {1..3}\n") == ""


@pytest.mark.parametrize("name", ["tr", "uniq", "tee", "vim", "python3", "tcpdump"])
def test_program_that_the_lab_lacks_is_not_found(shell: Shell, name: str) -> None:
    """In bash's own words."""
    answer = shell.run(f"{name} a b")
    assert (answer.stderr, answer.status) == (f"bash: {name}: command not found\n", 127)


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


def test_division_by_zero_is_an_error(shell: Shell) -> None:
    """The command does not run."""
    answer = shell.run("echo $((1 / 0)); echo $?")
    assert (answer.stdout, answer.stderr) == ("1\n", "bash: division by 0\n")


def test_number_that_is_none_is_an_error(shell: Shell) -> None:
    """In arithmetic."""
    assert shell.run("x=2x; echo $((x + 1))").stderr == "bash: 2x: syntax error in expression\n"
