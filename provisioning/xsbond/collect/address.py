"""Where a pool is, and who asks."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlsplit

from xsbond.collect.secret import Secret
from xsbond.errors import OptionError

HTTPS = 443


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks; the password never shows in a representation."""

    username: str
    password: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "password", Secret(self.password))

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, '***')"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolAddress:
    """What `--pool` named: a host of the pool, and the port its XAPI listens on."""

    host: str
    port: int = HTTPS

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name, an address, or https://host[:port]; OptionError if it is none of them."""
        if "@" in text:
            # The text is not repeated: it may hold a password.
            reason = "takes no user and no password; XSBOND_USERNAME names the user"
            raise OptionError("--pool", reason)
        bare_ipv6 = "://" not in text and text.count(":") > 1 and not text.startswith("[")
        url = text if "://" in text else f"https://{f'[{text}]' if bare_ipv6 else text}"
        try:
            parts = urlsplit(url)
            port = parts.port or HTTPS
        except ValueError as error:
            raise OptionError("--pool", f"{text!r}: {error}") from error
        if parts.scheme == "http":
            reason = f"{text!r} is in clear text; XAPI is asked over TLS only (https)"
            raise OptionError("--pool", reason)
        beyond = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme != "https" or not parts.hostname or beyond:
            raise OptionError("--pool", f"{text!r} is no name, address or https://host[:port]")
        return cls(host=parts.hostname, port=port)

    def reached(self, host_name_of: Callable[[str], str]) -> Self:
        """Return where XAPI is asked: at the name, or at its HostName where no DNS knows it.

        `host_name_of` returns the HostName that ssh_config has for a name, or the name itself.
        """
        if _is_known(self.host):
            return self
        return replace(self, host=host_name_of(self.host))

    @property
    def url(self) -> str:
        """Return the address as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}" + ("" if self.port == HTTPS else f":{self.port}")


def _is_known(name: str) -> bool:
    """Tell whether a name, or an address, leads anywhere."""
    try:
        return bool(socket.getaddrinfo(name, None))
    except (OSError, UnicodeError):
        return False
