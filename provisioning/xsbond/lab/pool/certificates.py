"""Self-signed certificates as a fresh installation makes them (scripts/generate_ssl_cert)."""

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from xsbond.lab.pool.values import Date, date

CERTIFICATE = "/etc/xensource/xapi-ssl.pem"
"""What clients are shown at port 443."""
_LIFETIME = dt.timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCertificate:
    """A key with its certificate."""

    pem: str
    """Private key, then certificate, as xapi-ssl.pem has them."""
    sha256: str
    """Fingerprint: pairs of upper-case hexadecimal digits with colons."""
    sha1: str
    not_before: Date
    not_after: Date


def issue(name: str, moment: float) -> HostCertificate:
    """Return a new self-signed certificate for a host of this name, valid from a Unix time on."""
    key = ec.generate_private_key(ec.SECP256R1())
    begin = dt.datetime.fromtimestamp(int(moment), tz=dt.UTC)
    end = begin + _LIFETIME
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return HostCertificate(
        pem=_pem(key, certificate),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        sha1=certificate.fingerprint(hashes.SHA1()).hex(":").upper(),  # noqa: S303 - XAPI shows it
        not_before=date(begin.timestamp()),
        not_after=date(end.timestamp()),
    )


def _pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> str:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return (private + certificate.public_bytes(serialization.Encoding.PEM)).decode("ascii")
