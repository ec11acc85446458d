"""The programs of the shell: each option does what the manual says, others are refused."""

import pytest

from tests.lab_dom0.hosts import HandClock, Shell

LINES = "printf 'one\\ntwo\\nthree\\nfour\\n' | "

SCRIPTS = {
    "echo -n": ("echo -n a", "a"),
    "echo -e": ("echo -e 'a\\nb\\tc'", "a\nb\tc\n"),
    "echo without -e": ("echo 'a\\nb'", "a\\nb\n"),
    "printf text": ("printf '%s-%s\\n' a b", "a-b\n"),
    "printf again": ("printf '%s\\n' a b", "a\nb\n"),
    "printf numbers": ("printf '%d %5d|%-5d|%05d\\n' 1 2 3 4", "1     2|3    |00004\n"),
    "printf floats": ("printf '%.2f\\n' 1.5", "1.50\n"),
    "printf percent": ("printf '100%%\\n'", "100%\n"),
    "cat -n": (LINES + "cat -n | head -1", "     1\tone\n"),
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
    "grep -m": (LINES + "grep -m1 o", "one\n"),
    "grep long options": (LINES + "grep --regexp=t --max-count 1 --invert-match", "one\n"),
    "grep class in brackets": ("printf 'a1\\n-\\n' | grep '[[:alnum:]_]'", "a1\n"),
    "grep -l": ("grep -l xs /etc/hostname /etc/hosts", "/etc/hostname\n/etc/hosts\n"),
    "egrep": (LINES + "egrep 'one|two'", "one\ntwo\n"),
    "awk field": ("echo a b c | awk '{ print $2 }'", "b\n"),
    "awk fields with a comma": ("echo a b c | awk '{ print $3, $1 }'", "c a\n"),
    "awk fields side by side": ("echo a b | awk '{ print $1 \"-\" $2 }'", "a-b\n"),
    "awk last field": ("echo a b c | awk '{ print $NF, NF }'", "c 3\n"),
    "awk -F": ("echo a:b | awk -F: '{ print $2 }'", "b\n"),
    "awk pattern": (LINES + "awk '/t/ { print NR }'", "2\n3\n"),
    "awk condition": (LINES + "awk 'NR == 2'", "two\n"),
    "awk match": (LINES + "awk '$1 ~ /^f/ { print }'", "four\n"),
    "awk sum": ("printf '1\\n2\\n' | awk '{ s += $1 } END { print s }'", "3\n"),
    "awk -v": ("echo a | awk -v x=1 '{ print x + 1 }'", "2\n"),
    "awk printf": ("echo a 5 | awk '{ printf \"%s:%d\\n\", $1, $2 }'", "a:5\n"),
    "awk if": (
        LINES + "awk '{ if (length($0) > 3) print; else print \"-\" }'",
        "-\n-\nthree\nfour\n",
    ),
    "awk missing field is an empty line": ("echo | awk '{ print $5 }'", "\n"),
    "awk text is true unless empty": ("printf 'a\\n\\n' | awk '$0'", "a\n"),
    "awk zero is false": ("printf '0\\n1\\n' | awk '$1 + 0'", "1\n"),
    "awk compares text": ("printf 'a\\nb\\n' | awk '$1 > \"a\"'", "b\n"),
    "awk compares numbers": ("printf '9\\n10\\n' | awk '$1 > 9'", "10\n"),
    "awk counts on": (LINES + "awk '{ n++ } END { print n++, n-- , n }'", "4 5 4\n"),
    "awk printf wants numbers": ("echo 12ab | awk '{ printf \"%d\\n\", $1 }'", "12\n"),
    "awk next": (LINES + "awk '/o/ { next } { print }'", "three\n"),
    "awk exit": (LINES + "awk '{ print; exit }'", "one\n"),
    "awk changes a field": ("echo a b c | awk '{ $2 = \"x\"; print }'", "a x c\n"),
    "awk functions": (
        "echo Eth | awk '{ print toupper($1), tolower($1), substr($1, 2, 1), index($1, \"h\") }'",
        "ETH eth t 3\n",
    ),
    "awk separator of several characters": ("echo 'a, b' | awk -F', ' '{ print $2 }'", "b\n"),
    "printf six decimals": ("printf '%f\\n' 1.5", "1.500000\n"),
    "printf codes": ("printf '\\x41\\102\\n'", "AB\n"),
    "echo codes": ("echo -e '\\x41\\0102'", "AB\n"),
    "printf without a directive": ("printf 'a\\n' b c", "a\n"),
    "printf with a lone percent sign": ("printf 'a%' b c", "a%"),
    "ls of hidden files": ("touch .a b; ls; ls -a | grep -c '^[.]a'", "b\n1\n"),
    "sed range": (LINES + "sed -n '/two/,/three/p'", "two\nthree\n"),
    "sed line numbers": (LINES + "sed -n '2,3p'", "two\nthree\n"),
    "sed range by number comes once": (LINES + "sed -n '2,/t/p'", "two\nthree\n"),
    "sed range that is over": (LINES + "sed -n '3,2p'", "three\n"),
    "sed delete": (LINES + "sed '/o/d'", "three\n"),
    "sed last line": (LINES + "sed -n '$p'", "four\n"),
    "sed substitute": ("echo aXbX | sed 's/X/-/'", "a-bX\n"),
    "sed substitute all": ("echo aXbX | sed 's/X/-/g'", "a-b-\n"),
    "sed groups": ("echo ab | sed 's/\\(a\\)\\(b\\)/\\2\\1/'", "ba\n"),
    "sed -E": ("echo ab | sed -E 's/(a)(b)/\\2\\1/'", "ba\n"),
    "sed other delimiter": ("echo /a/b | sed 's|/a|/c|'", "/c/b\n"),
    "sed whole match": ("echo ab | sed 's/b/[&]/'", "a[b]\n"),
    "sed two commands": ("echo ab | sed -e 's/a/1/' -e 's/b/2/'", "12\n"),
    "sed quit": (LINES + "sed 2q", "one\ntwo\n"),
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
    "sort -k": ("printf 'a 2\\nb 1\\n' | sort -k2", "b 1\na 2\n"),
    "uniq": ("printf 'a\\na\\nb\\n' | uniq -c", "      2 a\n      1 b\n"),
    "wc -l": (LINES + "wc -l", "4\n"),
    "wc": (LINES + "wc", "      4       4      19\n"),
    "tr": ("echo abc | tr a-c A-C", "ABC\n"),
    "tr -d": ("echo a:b | tr -d :", "ab\n"),
    "tr -s": ("echo 'a   b' | tr -s ' '", "a b\n"),
    "tee": ("echo a | tee f; cat f", "a\na\n"),
    "ls": ("ls /etc/xensource", "network.conf\n"),
    "ls of a file": ("ls /etc/hostname", "/etc/hostname\n"),
    "rm": ("echo a > f; rm f; ls f", ""),
    "basename": ("basename /a/b.c .c; dirname /a/b.c", "b\n/a\n"),
    "hostname": ("hostname", "xs-1\n"),
    "uname": ("uname; uname -r", "Linux\n4.19.0+1\n"),
    "id": ("id -u; whoami", "0\nroot\n"),
    "date": ("date -u +%Y-%m-%d", "2026-01-01\n"),
    "which": ("which xe ovs-vsctl", "/usr/bin/xe\n/usr/bin/ovs-vsctl\n"),
    "command -v": ("command -v ifconfig cd", "/sbin/ifconfig\ncd\n"),
    "type": ("type cd", "cd is a shell builtin\n"),
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
    "awk": "echo a | awk '{ print | \"cat\" }'",
    "awk to a file": "echo a | awk '{ print > \"f\" }'",
    "sed": "echo a | sed y/a/b/",
    "sed in place": "sed -i s/a/b/ /etc/hostname",
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
