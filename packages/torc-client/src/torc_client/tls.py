"""The certificates that an `https://` client trusts: those of the machine, an additional one, or any."""

import os
import ssl
from collections.abc import Mapping

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
    context = ssl.create_default_context()
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
    if insecure in _YES:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
