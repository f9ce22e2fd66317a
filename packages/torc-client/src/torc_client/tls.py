"""The certificates that an `https://` client trusts: those of the machine, an additional one, or any."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from torc_client.errors import TorcError

CA_VARIABLE = "TORC_TLS_CA_CERT"
INSECURE_VARIABLE = "TORC_TLS_INSECURE"
_YES = ("1", "true", "yes")
_NO = ("", "0", "false", "no")


class TlsError(TorcError):
    """A TLS setting is invalid."""


def trust(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Make the context of a client from `TORC_TLS_CA_CERT` and `TORC_TLS_INSECURE`. Raises TlsError."""
    path = environment.get(CA_VARIABLE)
    insecure = environment.get(INSECURE_VARIABLE, "").lower()
    if insecure not in (*_YES, *_NO):
        raise TlsError(f"{INSECURE_VARIABLE} is {insecure!r}, not true or false.")
    context = trust_of(None, is_insecure=insecure in _YES)
    if path:
        try:
            context.load_verify_locations(path)
        except ssl.SSLError as error:
            raise TlsError(
                f"{path} holds no certificate in PEM.", f"{CA_VARIABLE} or --tls-ca-cert names it."
            ) from error
        except OSError as error:
            hint = f"{CA_VARIABLE} or --tls-ca-cert names it."
            raise TlsError(f"The certificate {path} cannot be read: {error.strerror}.", hint) from error
    return context


def trust_of(certificates: str | None, *, is_insecure: bool = False) -> ssl.SSLContext:
    """Make a context that trusts certificates in PEM in addition to those of the machine. Raises TlsError."""
    context = ssl.create_default_context()
    if certificates:
        try:
            context.load_verify_locations(cadata=certificates)
        except (ssl.SSLError, ValueError) as error:
            raise TlsError(
                "The additional certificates are not in PEM.", f"{CA_VARIABLE} or --tls-ca-cert names them."
            ) from error
    if is_insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def additional_certificates(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the certificates in the file that `TORC_TLS_CA_CERT` names, in PEM. Raises TlsError."""
    path = environment.get(CA_VARIABLE)
    if not path:
        return None
    trust({CA_VARIABLE: path})
    return Path(path).read_text(encoding="utf-8", errors="replace")


def is_insecure(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `TORC_TLS_INSECURE` permits any certificate."""
    return environment.get(INSECURE_VARIABLE, "").lower() in _YES
