"""The head of an HTTP request as xapi reads it (ocaml/libs/http-lib/http_svr.ml); no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from xsbond.lab.pool.values import int64_of_string

END = b"\r\n\r\n"
_REQUEST_LINE_WORDS = 3
_PROTOCOL = "HTTP/"
_UNPARSABLE = "The HTTP headers could not be parsed."
_CONNECTION = {"close": True, "keep-alive": False}


class UnreadableHead(Exception):  # noqa: N818 - what was read, not what went wrong
    """The head cannot be understood; the text is what xapi says about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Request line and headers."""

    method: str
    path: str
    """Without the query, unquoted."""
    is_old: bool
    """The client speaks HTTP/1.0, and so will the answer."""
    closes: bool
    """The client wants the connection to end with the answer."""
    headers: Mapping[str, str]
    """By name in lower case; of several with one name the last."""

    @property
    def content_length(self) -> int | None:
        """Return how long the body is; None where the client does not say."""
        text = self.headers.get("content-length")
        return None if text is None else _int64(text)

    def with_prefix(self, prefix: str) -> dict[str, str]:
        """Return the headers whose names begin with a prefix, by the rest of the name."""
        return {
            name.removeprefix(prefix): value
            for name, value in self.headers.items()
            if name.startswith(prefix)
        }


def parse_head(text: str) -> Head:
    """Return what a request begins with; UnreadableHead if it cannot be understood."""
    request_line, *lines = text.split("\n")
    words = request_line.split()
    if len(words) != _REQUEST_LINE_WORDS:
        raise UnreadableHead(_UNPARSABLE)
    method, target, protocol = words
    if len(protocol) < len(_PROTOCOL):
        raise UnreadableHead('Invalid_argument("String.sub / Bytes.sub")')
    is_old = protocol[len(_PROTOCOL) :] == "1.0"
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    headers = {name.lower(): value.strip() for name, value in pairs}
    wish = headers.get("connection", "").lower()
    head = Head(
        method=method,
        path=_path(target),
        is_old=is_old,
        closes=_CONNECTION.get(wish, is_old),
        headers=headers,
    )
    _ = head.content_length
    return head


def _path(target: str) -> str:
    try:
        return unquote(urlsplit(target).path)
    except ValueError:
        raise UnreadableHead(_UNPARSABLE) from None


def _int64(text: str) -> int:
    number = int64_of_string(text)
    if number is None:
        raise UnreadableHead('Failure("Int64.of_string")')
    return number
