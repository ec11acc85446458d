"""ssh_config of every kind is understood as ssh itself understands it."""

import shutil
from pathlib import Path

import pytest

from xsbond.collect.remote.client_config import ClientConfig
from xsbond.collect.ssh import SshSettings
from xsbond.errors import OptionError

ADDRESS = "10.0.0.1"
KINDS = {
    "host": "Host xs-1\n  HostName {address}\n",
    "patterns": "Host xs-* !xs-9\n  HostName {address}\n",
    "equals-sign": "Host=xs-1\nHostName={address}\n",
    "quoted": 'Host "xs-1"\n  HostName "{address}"\n',
    "match-host": "Match host xs-1\n  HostName {address}\n",
    "match-originalhost": "Match originalhost xs-1,xs-2\n  HostName {address}\n",
    "match-exec": 'Match host xs-1 exec "true"\n  HostName {address}\n',
    "match-elsewhere": "Match host other\n  User joe\nHost xs-1\n  HostName {address}\n",
    "match-all-last": "Host xs-1\n  HostName {address}\nMatch all\n  User root\n",
    "match-final": "Host xs-1\n  HostName {address}\nMatch final host xs-1\n  User root\n",
    "comments": "# pool\n\nHost xs-1 # the first\n  HostName {address}\n",
    "five-thousand": "".join(f"Host other-{n}\n  HostName 10.9.9.9\n" for n in range(5000))
    + "Host xs-1\n  HostName {address}\n",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the configuration is."""
    return tmp_path / "ssh_config"


def config(file: Path, text: str) -> ClientConfig:
    """Write a configuration and read it as a run does."""
    file.write_text(text, encoding="utf-8")
    return SshSettings(ssh_config=str(file)).config


@pytest.mark.parametrize("kind", KINDS)
def test_entry_is_found(file: Path, kind: str) -> None:
    """Its name has an entry, with its address."""
    found = config(file, KINDS[kind].format(address=ADDRESS))
    assert (found.has_entry("xs-1"), found.lookup("xs-1")["hostname"]) == (True, ADDRESS)


@pytest.mark.parametrize("kind", KINDS)
def test_other_names_have_no_entry(file: Path, kind: str) -> None:
    """A name that nothing is said of is none to prefer."""
    found = config(file, KINDS[kind].format(address=ADDRESS))
    assert (found.has_entry("ys-9"), found.lookup("ys-9")["hostname"]) == (False, "ys-9")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"match-exec", "equals-sign"}))
def test_entry_is_found_where_there_is_no_ssh(
    file: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of paramiko's parser; it runs no commands, and wants a blank around `=`."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    found = config(file, KINDS[kind].format(address=ADDRESS))
    assert (found.has_entry("xs-1"), found.lookup("xs-1")["hostname"]) == (True, ADDRESS)


def test_included_files_count(file: Path, tmp_path: Path) -> None:
    """Include, at the top and within a block."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "one.conf").write_text(f"Host xs-1\n  HostName {ADDRESS}\n")
    (tmp_path / "more" / "two.conf").write_text("Port 2222\n")
    text = f"Include {tmp_path}/more/one.conf\nHost xs-1\n  Include {tmp_path}/more/two.*\n"
    found = config(file, text).lookup("xs-1")
    assert (found["hostname"], found["port"]) == (ADDRESS, "2222")


def test_include_without_ssh_is_refused_in_words(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not passed over: the entries would be missed."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(OptionError, match="it has Include, which only OpenSSH reads; there is no"):
        config(file, "Include more\n").lookup("xs-1")


def test_defaults_for_all_hosts_are_no_entry(file: Path) -> None:
    """`Host *` says nothing of one name, and holds for it nevertheless."""
    found = config(file, "Host *\n  Port 2222\n  HostName %h.example.com\n")
    assert not found.has_entry("xs-1")
    assert found.lookup("xs-1")["hostname"] == "xs-1.example.com"


def test_entry_that_says_only_what_is_usual_counts(file: Path) -> None:
    """Whoever writes down `User root` for a name means that name."""
    found = config(file, "Host xs-1\n  User root\n")
    assert (found.has_entry("xs-1"), found.has_entry("xs-2")) == (True, False)


@pytest.mark.parametrize("name", ["my pool", "-oProxyCommand=touch x", "x;touch y", "$(id)", "a@b"])
def test_name_that_is_no_host_name_is_not_asked_for(file: Path, name: str) -> None:
    """XAPI's name_label is any text; nothing of it reaches a command."""
    found = config(file, 'Match exec "touch %h"\n  User joe\n')
    assert (found.has_entry(name), found.lookup(name)["hostname"]) == (False, name)


def test_missing_keys_are_skipped(file: Path, tmp_path: Path) -> None:
    """As ssh does; those that exist stay, quoted names too."""
    key = tmp_path / "my key"
    key.touch()
    found = config(file, f'Host xs-1\n  IdentityFile {tmp_path}/gone\n  IdentityFile "{key}"\n')
    assert found.lookup("xs-1")["identityfile"] == [str(key)]


def test_known_hosts_files_with_blanks_are_told_apart(file: Path, tmp_path: Path) -> None:
    """In the answer of ssh they have no quotes."""
    mine, other = tmp_path / "my known hosts", tmp_path / "other"
    mine.touch()
    found = config(file, f'Host xs-1\n  UserKnownHostsFile "{mine}" {other}\n')
    assert found.lookup("xs-1")["userknownhostsfile"] == [str(mine), str(other)]


def test_unset_user_and_known_hosts_are_not_those_of_ssh(file: Path) -> None:
    """A dom0 is root's, unless the file says otherwise."""
    found = config(file, "Host xs-1\n  Port 2222\n").lookup("xs-1")
    assert ("user" in found, found["userknownhostsfile"]) == (False, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Host xs-1\n  Port many\n", "line 2: Bad port 'many'"),
        ("Host xs-1\n  NoSuchKeyword 1\n", "line 2: Bad configuration option: nosuchkeyword"),
        ("Match host\n  Port 1\n", "Missing Match criteria for host"),
    ],
)
def test_mistake_is_told_in_the_words_of_ssh(file: Path, text: str, words: str) -> None:
    """With file and line."""
    with pytest.raises(OptionError) as caught:
        config(file, text).lookup("xs-1")
    assert str(caught.value).startswith(f"--ssh-config: {file}: {words}")


def test_jump_hosts_are_gone_through(file: Path) -> None:
    """By ssh's own command for it, which asks nobody for anything."""
    found = config(file, f"Host xs-1\n  HostName {ADDRESS}\n  ProxyJump one,two\n").lookup("xs-1")
    assert found["proxycommand"] == f"ssh -o BatchMode=yes -F {file} -J one -W [{ADDRESS}]:22 two"


def test_person_without_a_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file at all: every name leads to itself."""
    monkeypatch.setenv("HOME", str(tmp_path))
    found = SshSettings().config
    assert (found.has_entry("xs-1"), found.lookup("xs-1")["hostname"]) == (False, "xs-1")


def test_persons_own_configuration_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """~/.ssh/config, a Match block in it included."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text(f"Match host xs-1\n  HostName {ADDRESS}\n")
    assert SshSettings().config.lookup("xs-1")["hostname"] == ADDRESS
