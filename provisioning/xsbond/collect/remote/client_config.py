"""What the SSH client's configuration says of a host; OpenSSH itself is asked, where it is there.

`ssh -G NAME` prints what ssh would do (ssh(1)): with Match, Include, CanonicalizeHostname, patterns
and quoting exactly as a person knows them from ssh. It connects to nothing. Where there is no ssh,
paramiko reads the file; it knows all of that but Include.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import paramiko
from paramiko.ssh_exception import ConfigParseError, CouldNotCanonicalize

from xsbond.errors import OptionError

_SYSTEM = Path("/etc/ssh/ssh_config")
_OWN = "~/.ssh/config"
_TIMEOUT = 20.0
"""Seconds; CanonicalizeHostname asks the DNS."""
_UNSET = "xsbond-unset"
"""Stands where the configuration says nothing, since ssh would then name its own default."""
_NOBODY = "no-such-entry.xsbond.invalid"
"""A name that has no entry of its own, in a domain that no DNS knows (RFC 6761)."""
_NAME = re.compile(r"(?!-)[\w.:%-]+")
"""What may be handed to ssh as a host: XAPI's name_label may be any text."""
_KEPT = re.compile(
    r"^(hostname|port|user|identityfile|identitiesonly|userknownhostsfile|hostkeyalias"
    r"|proxycommand|proxyjump) ",
)
"""The lines of ssh's answer that mean something here."""
_PATHS = ("identityfile",)


class ClientConfig:
    """The configuration of one run; each host is looked up once."""

    def __init__(self, file: str | None) -> None:
        """`file` is what --ssh-config names; None: the person's own and the system's."""
        self.file = file
        self.path = Path(file or _OWN).expanduser()
        self._answers: dict[str, tuple[str, ...]] = {}
        self._text: str | None = None

    def lookup(self, name: str) -> Mapping[str, Any]:
        """Return keyword, in lower case -> value for a host; OptionError if it cannot be read.

        `hostname` is always there; `identityfile` holds the keys that exist, `userknownhostsfile`
        the files that were named.
        """
        found = self._looked_up(name)
        files = [path for each in found.get("identityfile", []) if (path := self._file(each))]
        known = _split(found.get("userknownhostsfile", _UNSET))
        read = {key: found[key] for key in found if key not in {"proxyjump", *_PATHS}}
        if jump := self._jump(found):
            read["proxycommand"] = jump
        return {**read, "identityfile": files, "userknownhostsfile": known}

    def has_entry(self, name: str) -> bool:
        """Tell whether the configuration says anything of this name that it says not of any."""
        if not _NAME.fullmatch(name):
            return False
        return _nameless(self._lines(name), name) != _nameless(self._lines(_NOBODY), _NOBODY)

    def _looked_up(self, name: str) -> Mapping[str, Any]:
        if not _NAME.fullmatch(name):
            return {"hostname": name}
        # paramiko replaces %h, %d and the like, which ssh prints as they stand in the file.
        return dict(paramiko.SSHConfig.from_text("\n".join(self._lines(name))).lookup(name))

    def _lines(self, name: str) -> tuple[str, ...]:
        """Return what holds for a name, as lines of a configuration."""
        if name not in self._answers:
            text = self._read()
            ask = _asked if shutil.which("ssh") else _parsed
            try:
                self._answers[name] = tuple(ask(text, name))
            except ValueError as error:
                raise OptionError(self._option, f"{self.path}: {error}") from None
        return self._answers[name]

    @property
    def _option(self) -> str:
        return "SSH" if self.file is None else "--ssh-config"

    def _read(self) -> str:
        """Return the text of the file, and what ssh reads besides the person's own."""
        if self._text is None:
            try:
                text = self.path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                if self.file is not None:
                    raise OptionError("--ssh-config", f"{self.path}: {error}") from error
                text = ""
            if self.file is None and _SYSTEM.is_file() and shutil.which("ssh"):
                text += f"\nMatch all\nInclude {_SYSTEM}\n"
            self._text = text
        return self._text

    def _file(self, text: str) -> str:
        """Return the path of a key that exists; empty if there is none, as ssh then skips it."""
        given = Path(text).expanduser()
        beside = self.path.parent / given
        return next((str(path) for path in (given, beside) if path.is_file()), "")

    def _jump(self, found: Mapping[str, Any]) -> str:
        """Return the command that leads through ProxyJump's hosts, as ssh makes it, if any."""
        if found.get("proxyjump", "none") == "none" or "proxycommand" in found:
            return ""
        *earlier, last = found["proxyjump"].split(",")
        words = ["ssh", "-o", "BatchMode=yes"]
        words += ["-F", str(self.path)] if self.file else []
        words += ["-J", ",".join(earlier)] if earlier else []
        host, port = found["hostname"], found.get("port", "22")
        return " ".join([*words, "-W", f"[{host}]:{port}", last])


def _asked(text: str, name: str) -> Iterator[str]:
    """Ask ssh what a configuration says of a name; ValueError with its own words if it will not."""
    unset = f"\nMatch all\n  User {_UNSET}\n  UserKnownHostsFile /{_UNSET}\n"
    with tempfile.TemporaryDirectory(prefix="xsbond-") as directory:
        file = Path(directory) / "config"
        file.write_text(text + unset, encoding="utf-8")
        command = ["ssh", "-F", str(file), "-G", "--", name]
        try:
            done = subprocess.run(  # noqa: S603 - the name is held against a pattern
                command,
                capture_output=True,
                timeout=_TIMEOUT,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ValueError(f"ssh -G {name} did not answer in {_TIMEOUT:g} s") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["ssh refuses it"]
        raise ValueError(said[0].removeprefix(f"{file}: ").removeprefix(f"{file} "))
    for line in done.stdout.decode("utf-8", "surrogateescape").splitlines():
        if _KEPT.match(line) and line.split()[1] not in {_UNSET, f"/{_UNSET}", "none"}:
            yield line


def _parsed(text: str, name: str) -> Iterator[str]:
    """Read a configuration without ssh; ValueError for what only ssh understands."""
    if re.search(r"(?im)^\s*include\b", text):
        raise ValueError("it has Include, which only OpenSSH reads; there is no ssh on PATH")
    try:
        found = paramiko.SSHConfig.from_text(text).lookup(name)
    except (ConfigParseError, CouldNotCanonicalize, ImportError, KeyError) as error:
        raise ValueError(f"it cannot be read without ssh on PATH: {error}") from None
    for key, value in found.items():
        for each in value if isinstance(value, list) else [value]:
            line = f"{key} {each}"
            if _KEPT.match(line) and each != "none":
                yield line


def _nameless(lines: Sequence[str], name: str) -> list[str]:
    """Return lines with the name taken out wherever it stands for itself."""
    return [re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "%n", line) for line in lines]


def _split(text: str) -> list[str]:
    """Return the files in ssh's answer, which has no quotes: the longest that exist, else words."""
    words, files = text.split(), []
    while words and words != [_UNSET]:
        many = range(len(words), 1, -1)
        found = (n for n in many if Path(" ".join(words[:n]).strip('"')).expanduser().is_file())
        count = next(found, 1)
        files.append(" ".join(words[:count]).strip('"'))
        words = words[count:]
    return files
