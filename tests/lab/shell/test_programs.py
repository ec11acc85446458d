"""The programs of the shell: each option does what the manual says, others are refused."""

import pytest

from tests.lab.hosts import HandClock, Shell

LINES = "printf 'one\\ntwo\\nthree\\nfour\\n' | "

SCRIPTS = {
    "echo -n": ("echo -n a", "a"),
    "echo -e": ("echo -e 'a\\nb\\tc'", "a\nb\tc\n"),
    "echo without -e": ("echo 'a\\nb'", "a\\nb\n"),
    "timeout": ("timeout 0.01 sleep 9; echo $?", "124\n"),
    "timeout -s KILL": ("timeout -s KILL 0.01 sleep 9; echo $?", "137\n"),
    "timeout in time": ("timeout -s KILL 9 echo a; echo $?", "a\n0\n"),
    "printf text": ("printf '%s-%s\\n' a b", "a-b\n"),
    "printf again": ("printf '%s\\n' a b", "a\nb\n"),
    "printf numbers": ("printf '%d %5d|%-5d|%05d\\n' 1 2 3 4", "1     2|3    |00004\n"),
    "printf escapes": ("printf '%b-%s' 'a\\tb' 'c\\td'", "a\tb-c\\td"),
    "printf percent": ("printf '100%%\\n'", "100%\n"),
    "cat of several files": ("cat /etc/hostname /etc/hostname", "xs-1\nxs-1\n"),
    "grep": (LINES + "grep o", "one\ntwo\nfour\n"),
    "grep -v": (LINES + "grep -v o", "three\n"),
    "grep -c": (LINES + "grep -c o", "3\n"),
    "grep -i": (LINES + "grep -i ONE", "one\n"),
    "grep -n": (LINES + "grep -n two", "2:two\n"),
    "grep -e": (LINES + "grep -e one -e two", "one\ntwo\n"),
    "grep -E": (LINES + "grep -E '^(one|two)$'", "one\ntwo\n"),
    "grep basic alternatives": (LINES + "grep 'one\\|two'", "one\ntwo\n"),
    "grep basic group is literal": ("echo '(a)' | grep '(a)'", "(a)\n"),
    "grep escaped dot": (
        "printf '127.0.0.1\\n127x0.0.1\\n' | grep '127\\.0\\.0\\.1'",
        "127.0.0.1\n",
    ),
    "grep -F": ("printf 'a.b\\naxb\\n' | grep -F a.b", "a.b\n"),
    "grep -x": (LINES + "grep -x on", ""),
    "grep -w": ("printf 'eth1\\neth10\\n' | grep -w eth1", "eth1\n"),
    "grep -o": ("echo a1b22 | grep -o '[0-9]*'", "1\n22\n"),
    "grep -A": (LINES + "grep -A1 two", "two\nthree\n"),
    "grep -B": (LINES + "grep -B1 two", "one\ntwo\n"),
    "grep -C": (LINES + "grep -C1 two", "one\ntwo\nthree\n"),
    "grep between groups": ("printf 'a\\nb\\nc\\nd\\na\\n' | grep -A0 a", "a\n--\na\n"),
    "grep classes": ("echo ab12 | grep -o '[[:digit:]]\\+'", "12\n"),
    "grep in files names them": (
        "grep -c . /etc/hostname /etc/hosts",
        "/etc/hostname:1\n/etc/hosts:1\n",
    ),
    "grep class in brackets": ("printf 'a1\\n-\\n' | grep '[[:alnum:]_]'", "a1\n"),
    "egrep": (LINES + "egrep 'one|two'", "one\ntwo\n"),
    "awk field": ("echo a b c | awk '{ print $2 }'", "b\n"),
    "awk fields with a comma": ("echo a b c | awk '{ print $3, $1 }'", "c a\n"),
    "awk last field": ("echo a b c | awk '{ print $NF, NF }'", "c 3\n"),
    "awk -F": ("echo a:b | awk -F: '{ print $2 }'", "b\n"),
    "awk fields of matching lines": (
        LINES + "awk '/^t/ { print NR, $1, \"x\" }'",
        "2 two x\n3 three x\n",
    ),
    "awk whole line": ("echo 'a  b' | awk '{ print }'", "a  b\n"),
    "awk -F apart": ("echo a:b | awk -F : '{ print $2 }'", "b\n"),
    "awk pattern": (LINES + "awk '/t/ { print NR }'", "2\n3\n"),
    "awk missing field is an empty line": ("echo | awk '{ print $5 }'", "\n"),
    "awk separator of several characters": ("echo 'a, b' | awk -F', ' '{ print $2 }'", "b\n"),
    "printf codes": ("printf '\\x41\\102\\n'", "AB\n"),
    "echo codes": ("echo -e '\\x41\\0102'", "AB\n"),
    "printf without a directive": ("printf 'a\\n' b c", "a\n"),
    "printf with a lone percent sign": ("printf 'a%' b c", "a%"),
    "ls of hidden files": ("touch .a b; ls; ls -a | grep -c '^[.]a'", "b\n1\n"),
    "sed range": (LINES + "sed -n '/two/,/three/p'", "two\nthree\n"),
    "sed line numbers": (LINES + "sed -n '2,3p'", "two\nthree\n"),
    "sed range by number comes once": (LINES + "sed -n '2,/t/p'", "two\nthree\n"),
    "sed range that is over": (LINES + "sed -n '3,2p'", "three\n"),
    "sed last line": (LINES + "sed -n '$p'", "four\n"),
    "head": (LINES + "head -2", "one\ntwo\n"),
    "head -n": (LINES + "head -n 1", "one\n"),
    "tail": (LINES + "tail -1", "four\n"),
    "tail from a line on": (LINES + "tail -n +3", "three\nfour\n"),
    "cut": ("echo a:b:c | cut -d: -f1,3", "a:c\n"),
    "cut range": ("echo abcd | cut -c2-3", "bc\n"),
    "sort": (LINES + "sort", "four\none\nthree\ntwo\n"),
    "sort -n": ("printf '10\\n9\\n' | sort -n", "9\n10\n"),
    "sort -r": ("printf 'a\\nb\\n' | sort -r", "b\na\n"),
    "sort -u": ("printf 'b\\na\\nb\\n' | sort -u", "a\nb\n"),
    "wc -l": (LINES + "wc -l", "4\n"),
    "wc": (LINES + "wc", "      4       4      19\n"),
    "ls": ("ls /etc/xensource", "network.conf\n"),
    "ls of a file": ("ls /etc/hostname", "/etc/hostname\n"),
    "rm": ("echo a > f; rm f; ls f", ""),
    "hostname": ("hostname", "xs-1\n"),
    "uname": ("uname; uname -r", "Linux\n4.19.0+1\n"),
    "id": ("id -u; whoami", "0\nroot\n"),
    "date": ("date -u +%Y-%m-%d", "2026-01-01\n"),
    "which": ("which xe ovs-vsctl", "/usr/bin/xe\n/usr/bin/ovs-vsctl\n"),
    "command -v": ("command -v ifconfig cd", "/sbin/ifconfig\ncd\n"),
    "env runs a program": ("env A=1 env | grep ^A", "A=1\n"),
    "test as a program": ("/bin/[ a = a ] && echo yes", "yes\n"),
}


@pytest.mark.parametrize(("script", "printed"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_program_prints_what_the_manual_says(shell: Shell, script: str, printed: str) -> None:
    """Tried on GNU's own programs."""
    assert shell.out(script) == printed


REFUSED = {
    "grep": "echo a | grep -P a",
    "sort": "echo a | sort -z",
    "head": "echo a | head -c1",
    "ls": "ls -l /etc",
    "cut": "echo a | cut -z",
    "tail": "tail -f /etc/hostname",
    "id": "id -Z",
    "uname": "uname --frobnicate",
}


@pytest.mark.parametrize("script", REFUSED.values(), ids=REFUSED.keys())
def test_unsupported_option_is_refused(shell: Shell, script: str) -> None:
    """A line on standard error, nothing on standard output, status above 0."""
    answer = shell.run(script)
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert answer.status in {1, 2}


@pytest.mark.parametrize("script", ["env", "uname -a", "id", "date", "ls -d /etc"])
def test_success_is_status_zero(shell: Shell, script: str) -> None:
    """As ever."""
    assert shell.run(script).status == 0


def test_grep_tells_by_its_status_whether_it_found_anything(shell: Shell) -> None:
    """0, 1, and 2 in trouble."""
    statuses = [
        shell.run(f"grep {arguments}").status
        for arguments in ("-q xs /etc/hostname", "-q nothing /etc/hostname", "xs /nothing")
    ]
    assert statuses == [0, 1, 2]


def test_sleep_lasts_as_long_as_it_says(shell: Shell, clock: HandClock) -> None:
    """By the lab's clock."""
    before = clock.now()
    shell.run("sleep 15")
    assert clock.now() - before == 15


def test_sleep_knows_units(shell: Shell, clock: HandClock) -> None:
    """Minutes, and several operands."""
    before = clock.now()
    shell.run("sleep 1m 0.5")
    assert clock.now() - before == 60.5


def test_missing_file_is_named(shell: Shell) -> None:
    """Cat's own words."""
    answer = shell.run("cat /etc/nothing /etc/hostname")
    assert (answer.stdout, answer.stderr, answer.status) == (
        "xs-1\n",
        "cat: /etc/nothing: No such file or directory\n",
        1,
    )


def test_systemctl_is_no_program_of_the_old_product(old_shell: Shell) -> None:
    """Systemd came with XenServer 7."""
    assert old_shell.run("systemctl is-active xapi").status == 127
