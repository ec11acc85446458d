"""Whom to believe on the XAPI port: a pinned certificate, an authority, or, loudly, anybody.

Self-signed certificates are normal on XenServer and XCP-ng, with names that seldom match, so the
usual proof is the certificate itself: the one the host's own dom0 holds, or a fingerprint.
"""

import hashlib
import http.client
import math
import ssl
import xmlrpc.client
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xsbond.collect.wire.answers import AnswerReader
from xsbond.collect.wire.bounded import BoundedSocket, Excess, Limits
from xsbond.errors import OptionError, TrustError


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTrust:
    """How a server proves itself; exactly one of the four fields is set."""

    certificate: str = ""
    """PEM of the certificate the server must present (pinned)."""
    fingerprint: str = ""
    """SHA-256 of that certificate, hex digits, colons allowed."""
    ca_file: Path | None = None
    """PEM file of the authorities to believe; host names are then verified."""
    insecure: bool = False
    """Believe anybody; for a pool that nothing else can be done about."""

    def fingerprints(self) -> frozenset[str]:
        """Return the SHA-256 fingerprints accepted; empty means that none is compared."""
        if self.certificate:
            return frozenset({_sha256(ssl.PEM_cert_to_DER_cert(self.certificate))})
        return frozenset({self.fingerprint.replace(":", "").lower()} - {""})

    def context(self) -> ssl.SSLContext:
        """Return a client context; TLS 1.2 is what xapi's stunnel speaks."""
        if self.ca_file:
            try:
                context = ssl.create_default_context(cafile=str(self.ca_file))
                # Certificates of pools lack extensions that Python 3.13 began to insist on.
                context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            except (OSError, ssl.SSLError) as error:
                raise OptionError("--xsbond-ca-file", f"{self.ca_file}: {error}") from error
        else:
            # The handshake proves possession of the key; `_Connection` compares the certificate.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = BoundedSocket
        return context


def _sha256(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


class _Connection(http.client.HTTPSConnection):
    """A connection that compares the certificate before a single byte is sent."""

    def __init__(self, host: str, trust: TlsTrust, limits: Limits) -> None:
        super().__init__(host, timeout=limits.silence, context=trust.context())
        self._trust, self.limits = trust, limits
        self.presented = ""
        """SHA-256 of the server's certificate; empty until there is a connection."""

    def connect(self) -> None:
        """Connect, and raise TrustError if the certificate is not the pinned one."""
        super().connect()
        accepted = self._trust.fingerprints()
        assert isinstance(self.sock, ssl.SSLSocket)
        self.presented = presented = _sha256(self.sock.getpeercert(binary_form=True) or b"")
        if accepted and presented not in accepted:
            self.close()
            (pinned,) = accepted
            raise TrustError(
                self.host,
                "TLS",
                f"its certificate has SHA-256 {presented[:16]}…, the pinned one {pinned[:16]}…; "
                "somebody may stand between, or the certificate was renewed",
            )

    def getresponse(self) -> http.client.HTTPResponse:
        """Read the head of the next answer, within the limits of size and time."""
        if isinstance(self.sock, BoundedSocket):
            self.sock.expect(self.limits)
        return super().getresponse()


_PIECE = 65536
"""Bytes of an answer that are read at once."""


class PinnedTransport(xmlrpc.client.Transport):
    """XML-RPC over one kept-alive, verified connection; a lost answer is never asked for again."""

    accept_gzip_encoding = False
    """A small answer that unpacks to a huge one is not even asked for."""

    def __init__(self, trust: TlsTrust, limits: Limits) -> None:
        super().__init__()
        self._trust, self._usual, self._limits = trust, limits, limits

    def parse_response(self, response: http.client.HTTPResponse) -> tuple[Any, ...]:
        """Read an answer; Excess if it is packed, although that was not asked for."""
        packing = response.getheader("Content-Encoding", "identity")
        if packing.lower() != "identity":
            raise Excess("the answer is compressed, which was not asked for")
        reader = AnswerReader(self._limits)
        while piece := response.read(_PIECE):
            reader.feed(piece)
        return reader.values()

    def make_connection(self, host: "xmlrpc.client._HostType") -> http.client.HTTPSConnection:
        """Return the open connection, or a new one."""
        if self._connection and self._connection[0] == host:
            assert isinstance(self._connection[1], http.client.HTTPSConnection)
            return self._connection[1]
        assert isinstance(host, str)
        connection = _Connection(host, self._trust, self._limits)
        self._connection = host, connection
        return connection

    @property
    def presented(self) -> str:
        """Return the SHA-256 of the certificate of the server; empty without a connection."""
        connection = self._connection[1] if self._connection else None
        return connection.presented if isinstance(connection, _Connection) else ""

    def limit(self, seconds: float | None) -> None:
        """Let no answer take more than so many seconds from now on; None: as many as usual."""
        most = math.inf if seconds is None else seconds
        usual = self._usual
        self._limits = replace(
            usual, silence=min(usual.silence, most), whole=min(usual.whole, most)
        )
        if self._connection and isinstance(self._connection[1], _Connection):
            self._connection[1].limits = self._limits
            self._connection[1].timeout = self._limits.silence

    # The inherited `request` repeats a call whose connection broke, although the server may have
    # carried it out: network.create would make a second network.
    request = xmlrpc.client.Transport.single_request
