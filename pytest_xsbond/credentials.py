"""Who logs in: user and password, from a file, the environment or a prompt."""

import getpass
import os
import stat
import sys
from pathlib import Path

import pytest

from pytest_xsbond import options
from xsbond.collect.address import Credentials
from xsbond.collect.secret import Secret
from xsbond.errors import OptionError


def read_credentials(config: pytest.Config) -> Credentials:
    """Return user and password: the file, else the environment, else a prompt on a terminal."""
    username = _variable(_USERNAME, "root")
    if file := options.value(config, "password-file"):
        return Credentials(username, _read_password_file(Path(file)))
    if password := _variable(_PASSWORD, ""):
        return Credentials(username, Secret(password))
    if capture := config.pluginmanager.getplugin("capturemanager"):
        # Standard input, too; pytest resumes it with the rest at its next test.
        capture.suspend_global_capture(in_=True)
    return Credentials(username, _prompt(username))


_USERNAME, _PASSWORD = "XSBOND_USERNAME", "XSBOND_PASSWORD"


def _variable(name: str, default: str) -> str:
    """Return a variable of the environment; OptionError if it is there and empty.

    That is what a pipeline passes for a secret that is not set.
    """
    given = os.environ.get(name)
    if given is None:
        return default
    if not given.strip():
        raise OptionError(name, "is empty; give it a value, or unset it")
    return given


_LONGEST_PASSWORD = 4096
"""Characters; PAM takes 512."""


def _read_password_file(path: Path) -> str:
    option = "--xsbond-password-file"
    try:
        with path.open(encoding="utf-8") as file:
            # Asked of what is open: the name may lead elsewhere a moment later.
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise OptionError(option, f"{path} may be read by others; run chmod 600 {path}")
            text = Secret(file.read(_LONGEST_PASSWORD + 1))
    except (OSError, UnicodeDecodeError) as error:
        # The text of a decoding error holds bytes of the file.
        reason = getattr(error, "strerror", None) or "is not text in UTF-8"
        raise OptionError(option, f"{path}: {reason}") from None
    if len(text) > _LONGEST_PASSWORD:
        raise OptionError(option, f"{path} holds no password: it is too long")
    if "\n" in text.rstrip("\r\n"):
        raise OptionError(option, f"{path} holds more than one line")
    if not text.rstrip("\r\n"):
        raise OptionError(option, f"{path} is empty")
    return Secret(text.rstrip("\r\n"))


def _prompt(username: str) -> str:
    if not (sys.stdin and sys.stdin.isatty()):
        reason = "is not given: set XSBOND_PASSWORD, or name a --xsbond-password-file"
        raise OptionError("password", reason)
    try:
        given = getpass.getpass(f"Password of {username}: ")
    except EOFError:
        given = ""
    if not given:
        raise OptionError("password", "is empty; nothing was asked of the pool")
    return Secret(given)
