"""The shell's language: each script prints what bash prints."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.hosts import Answer, Shell

SCRIPTS = {
    "words": ("echo a  b", "a b\n"),
    "single quotes": ("echo 'a  $b'", "a  $b\n"),
    "double quotes": ('x=1; echo "a  $x \\$x"', "a  1 $x\n"),
    "blank before an expansion in quotes": ('x=1; echo "a ${x} $x  ${x}"', "a 1 1  1\n"),
    "backslash": ("echo a\\ \\ b", "a  b\n"),
    "ansi string": ("echo $'a\\tb'", "a\tb\n"),
    "words side by side": ("x=1; echo a$x'b'\"c\"", "a1bc\n"),
    "unquoted expansion is divided": ("x='a  b'; echo $x", "a b\n"),
    "quoted expansion is not": ("x='a  b'; echo \"$x\"", "a  b\n"),
    "empty unquoted expansion is no word": (
        'x=; for i in $x a; do echo "[$i]"; done',
        "[a]\n",
    ),
    "empty quoted expansion is a word": (
        'x=; for i in "$x" a; do echo "[$i]"; done',
        "[]\n[a]\n",
    ),
    "exit status": ("false; echo $?", "1\n"),
    "command substitution": ('echo "$(echo a; echo b)"', "a\nb\n"),
    "backquotes": ("echo `echo a`", "a\n"),
    "nested substitution": ('echo "$(echo "$(echo "a  b")")"', "a  b\n"),
    "assignment takes the status of its substitution": ("x=$(exit 3); echo $?", "3\n"),
    "variable for one command": ('A=1 env | grep ^A=; echo "[$A]"', "A=1\n[]\n"),
    "export": ("export A=1 B=2; env | grep -c '^[AB]='", "2\n"),
    "not exported": ("A=1; env | grep -c '^A='", "0\n"),
    "appending": ("x=a; x+=b; echo $x", "ab\n"),
    "unset": ('x=1; unset x; echo "[$x]"', "[]\n"),
    "longest prefix": ("i=/sys/class/net/eth1; echo ${i##*/}", "eth1\n"),
    "shortest prefix": ("i=/sys/class; echo ${i#*/}", "sys/class\n"),
    "shortest suffix": ("i=a.b.c; echo ${i%.*}", "a.b\n"),
    "longest suffix": ("i=a.b.c; echo ${i%%.*}", "a\n"),
    "default": ("echo ${x:-a b}", "a b\n"),
    "default counts empty": ("x=; echo [${x:-a}] [${x-a}]", "[a] []\n"),
    "alternative": ("x=1; echo ${x:+a} [${y:+a}]", "a []\n"),
    "length": ("x=abc; echo ${#x}", "3\n"),
    "arithmetic": ("x=3; echo $((x * 2 + 1)) $((7 / 2)) $((-7 % 3)) $((x > 2))", "7 3 -1 1\n"),
    "and": ("true && echo a; false && echo b", "a\n"),
    "or": ("true || echo a; false || echo b", "b\n"),
    "not": ("! false && echo a", "a\n"),
    "not with its output elsewhere": ("! ls /nothing 2>/dev/null && echo a", "a\n"),
    "and or": ("false && echo a || echo b", "b\n"),
    "pipeline": ("echo a | cat | cat", "a\n"),
    "status of a pipeline": ("false | true; echo $?; true | false; echo $?", "0\n1\n"),
    "commands in a pipeline change nothing": ('echo a | read x; echo "[$x]"', "[]\n"),
    "group": ("{ echo a; echo b; } | wc -l", "2\n"),
    "subshell changes nothing": ("x=1; (x=2; echo $x); echo $x", "2\n1\n"),
    "exit of a subshell": ("(exit 3); echo $?", "3\n"),
    "if": ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"),
    "else": ("if false; then echo a; else echo c; fi", "c\n"),
    "if over lines": ("if true\nthen\n  echo a\nfi", "a\n"),
    "for": ("for i in a b; do echo $i; done", "a\nb\n"),
    "for over files": (
        "for i in /etc/xensource/*.conf; do echo $i; done",
        "/etc/xensource/network.conf\n",
    ),
    "break": ("for i in a b c; do if [ $i = b ]; then break; fi; echo $i; done", "a\n"),
    "continue": ("for i in a b c; do [ $i = b ] && continue; echo $i; done", "a\nc\n"),
    "break out of two loops": (
        "for i in a b; do for j in c d; do break 2; done; echo no; done; echo end",
        "end\n",
    ),
    "while": ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n"),
    "until": ("i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i", "2\n"),
    "while read": ("printf 'a b\\nc d\\n' | while read x y; do echo $y; done", "b\nd\n"),
    "last variable takes the rest": ("echo 'a b c' | (read x y; echo \"$y\")", "b c\n"),
    "only variable takes the whole line": ("echo ' a  b ' | (read x; echo \"$x\")", "a  b\n"),
    "read of nothing fails": ("read x < /dev/null || echo none", "none\n"),
    "read keeps backslashes with -r": ("echo 'a\\b' | (read -r x; echo \"$x\")", "a\\b\n"),
    "read by another separator": ("echo a:b | (IFS=:; read x y; echo $y)", "b\n"),
    "division is towards zero": ("echo $((-7 / 2)) $((-8 / 2)) $((7 / -2))", "-3 -4 -3\n"),
    "numbers of commands": ("echo $(( $(echo 4) + 1 ))", "5\n"),
    "unset names count as zero": ("echo $((nothing + 1))", "1\n"),
    "returning to the directory before": ("cd /; cd /etc; cd - ; pwd", "/\n/\n"),
    "failing test": ("test; echo $?; test a = b; echo $?", "1\n1\n"),
    "function": ("f() { echo $1-$#; return 3; }; f a b; echo $?", "a-2\n3\n"),
    "function by its keyword": ("function f { echo a; }; f", "a\n"),
    "function defined under a condition": (
        "if false; then f() { echo a; }; else f() { echo b; }; fi; f",
        "b\n",
    ),
    "function is no command of a shell within": (
        "f() { echo a; }; sh -c f 2>/dev/null; echo $?",
        "127\n",
    ),
    "arguments of a shell within": ("sh -c 'echo $2 $1 ${#1}' sh ab c", "c ab 2\n"),
    "return in a sourced file": ("echo 'echo a; return 3; echo b' > f; . ./f; echo $?", "a\n3\n"),
    "errexit": ("set -e; echo a; false; echo b", "a\n"),
    "errexit spares conditions": ("set -e; if false; then :; fi; false || echo a", "a\n"),
    "errexit taken back": ("set -e -u; set +e +u; false; echo a$nothing", "a\n"),
    "sourced file": (". /etc/xensource-inventory; echo $PRODUCT_BRAND", "XCP-ng\n"),
    "comment": ("echo a # b\n# c\n", "a\n"),
    "output to a file": ("echo a > f; echo b >> f; cat f", "a\nb\n"),
    "input from a file": ("echo a > f; cat < f", "a\n"),
    "errors to nowhere": ("ls /nothing 2>/dev/null; echo $?", "2\n"),
    "errors with the output": ("ls /nothing 2>&1 | wc -l", "1\n"),
    "output to the errors": ("echo a >&2", ""),
    "redirection belongs to the last command": ("echo a && echo b > /dev/null", "a\n"),
    "redirection behind a comment in a list": ("true && # why\necho b > f; cat f", "b\n"),
    "redirection behind an empty line in a list": ("false ||\n\necho a > f; cat f", "a\n"),
    "redirection behind a line of a pipeline": ("echo a |\n# why\ncat > f; cat f", "a\n"),
    "redirection of a pipeline's last command": (
        "ls /nothing 2>&1 | cat 2>/dev/null | wc -l",
        "1\n",
    ),
    "closed input": ("read x <&- || echo none", "none\n"),
    "closed output": ("{ echo a; } >&- 2>/dev/null; echo b", "b\n"),
    "redirected loop": ("for i in a b; do echo $i; done > f; cat f", "a\nb\n"),
    "pattern without a match stands for itself": ("echo /nothing/*", "/nothing/*\n"),
    "quoted pattern is none": ("echo '/etc/*'", "/etc/*\n"),
    "pattern in the current directory": ("cd /sys/class/net; echo eth[01]", "eth0 eth1\n"),
    "tilde": ("cd /; cd ~; pwd", "/root\n"),
    "test of a file": ("[ -f /etc/hostname ] && [ ! -d /etc/hostname ] && echo yes", "yes\n"),
    "test of text": ("[ -z '' -a a = a -o b = c ] && echo yes", "yes\n"),
    "test of numbers": ("[ 10 -gt 9 ] && echo yes", "yes\n"),
    "exit": ("echo a; exit 4; echo b", "a\n"),
    "exit of a shell within": ("sh -c 'exit 4'; echo $?", "4\n"),
    "shell within has variables of its own": (
        "x=1; sh -c 'echo \"[$x]\"; x=2'; echo $x",
        "[]\n1\n",
    ),
    "script from standard input": ("echo 'echo a; exit 3' | bash; echo $?", "a\n3\n"),
    "background is waited for": ("(sleep 0.1; echo a) & wait; echo b", "a\nb\n"),
    "status of the background": ("(exit 3) & wait $!; echo $?", "3\n"),
}


@pytest.mark.parametrize(("script", "printed"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_script_prints_what_bash_prints(shell: Shell, script: str, printed: str) -> None:
    """Written down from bash(1); the next test holds the table against a real one."""
    assert shell.out(script) == printed


LAB_ONLY = {"for over files", "sourced file", "pattern in the current directory", "tilde"}
"""Scripts about files that only the lab's dom0 has."""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another bash")
@pytest.mark.parametrize("name", sorted(SCRIPTS.keys() - LAB_ONLY))
def test_expected_output_is_that_of_a_real_bash(name: str, tmp_path: Path) -> None:
    """The table above is no invention: this machine's bash agrees."""
    script, printed = SCRIPTS[name]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    ran = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.stdout == printed


def test_unknown_command_is_not_found(shell: Shell) -> None:
    """Status 127."""
    assert shell.run("frobnicate --now") == Answer(
        stdout="", stderr="bash: frobnicate: command not found\n", status=127
    )


def test_program_outside_the_path_is_not_found(shell: Shell) -> None:
    """Xe is in /opt/xensource/bin and /usr/bin."""
    assert shell.run("PATH=/bin; xe help").status == 127


def test_program_can_be_named_by_its_path(shell: Shell) -> None:
    """Whatever $PATH is."""
    assert shell.run("PATH=; /opt/xensource/bin/xe help").status == 0


def test_missing_program_path_is_told(shell: Shell) -> None:
    """Bash's own words."""
    assert shell.run("/usr/bin/nothing").stderr == (
        "bash: /usr/bin/nothing: No such file or directory\n"
    )


def test_file_that_is_no_program_cannot_be_run(shell: Shell) -> None:
    """Status 126, wherever one is."""
    assert shell.run("cd /tmp; echo ls > s; ./s") == Answer(
        stdout="", stderr="bash: ./s: Permission denied\n", status=126
    )


def test_file_of_this_machine_is_not_there(shell: Shell) -> None:
    """The lab's files are its own."""
    assert shell.run(f"cat {__file__}").status == 1


def test_file_written_stays_in_the_lab(shell: Shell) -> None:
    """The next shell on this dom0 sees it."""
    shell.run("echo a > /tmp/kept")
    assert shell.out("cat /tmp/kept") == "a\n"


def test_variables_do_not_survive_the_shell(shell: Shell) -> None:
    """Each exec is a fresh shell."""
    shell.run("X=1")
    assert shell.out('echo "[$X]"') == "[]\n"


def test_variables_survive_within_a_session(shell: Shell) -> None:
    """One session is one shell."""
    kept = shell.keep()
    kept.run("X=$(hostname)")
    assert kept.out("echo $X") == "xs-1\n"


def test_file_that_cannot_be_opened_stops_its_command_only(shell: Shell) -> None:
    """The command does not run, its status is 1."""
    answer = shell.run("echo a > /nothing/f; echo $?")
    assert (answer.stdout, answer.stderr) == (
        "1\n",
        "bash: /nothing/f: No such file or directory\n",
    )


def test_unset_variable_is_an_error_under_nounset(shell: Shell) -> None:
    """Set -u ends the script."""
    answer = shell.run("set -u; echo $nothing; echo b")
    assert (answer.stdout, answer.stderr, answer.status) == (
        "",
        "bash: nothing: unbound variable\n",
        1,
    )


def test_bytes_that_are_no_text_pass_unchanged(shell: Shell) -> None:
    """0xff is no UTF-8."""
    assert shell.out("cat", stdin="a\udcffb") == "a\udcffb"
