"""The certificate of the server. It is tested before it is used."""

import contextlib
import ssl
from pathlib import Path

from torc_server.start_errors import CannotStart

OLDEST_VERSION = ssl.TLSVersion.TLSv1_2
TURNS = 6


class TlsError(CannotStart):
    """The certificate or its key cannot be used. The message says why and what to do."""


class Certificate:
    """A certificate and its private key, as a TLS context that can load newer files while it is in use."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        """Load the files. Raises TlsError."""
        self._certificate = certificate
        self._key = certificate if key is None else key
        self.context = self._loaded()

    def reload(self) -> None:
        """Read the files again, for later handshakes. Raises TlsError, and then the previous files stay in use."""
        self._loaded()
        self.context.load_cert_chain(self._certificate, self._key)

    def _loaded(self) -> ssl.SSLContext:
        _require_readable(self._certificate, "certificate")
        _require_readable(self._key, "key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = OLDEST_VERSION
        try:
            context.load_cert_chain(self._certificate, self._key, password=self._refuse_password)
        except ssl.SSLError as error:
            raise TlsError(self._reason(error)) from error
        self._try_out(context)
        return context

    def _try_out(self, context: ssl.SSLContext) -> None:
        """Make a handshake in memory with a client that trusts the certificate. This checks its dates and purpose."""
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        client.load_verify_locations(self._certificate)
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        ours = context.wrap_bio(to_server, to_client, server_side=True)
        theirs = client.wrap_bio(to_client, to_server)
        try:
            # A handshake needs a few turns.
            for side in (theirs, ours) * TURNS:
                _take_turn(side)
        except ssl.SSLCertVerificationError as error:
            raise TlsError(
                f"the certificate {self._certificate} cannot be used: {error.verify_message}; renew it"
            ) from error
        except ssl.SSLError as error:
            raise TlsError(f"the certificate {self._certificate} cannot be used: {error.reason}") from error

    def _refuse_password(self) -> str:
        raise TlsError(
            f"the key {self._key} is protected by a password, which a server cannot enter; "
            "remove the password with `openssl pkey -in FILE -out FILE`"
        )

    def _reason(self, error: ssl.SSLError) -> str:
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"the key {self._key} does not belong to the certificate {self._certificate}; use the matching key"
        return (
            f"{self._certificate} and {self._key} are not a certificate and a key in PEM ({error.reason or 'empty'});"
            " use files that begin with -----BEGIN"
        )


def _require_readable(path: Path, what: str) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise TlsError(f"cannot read the TLS {what} {path}: {error.strerror}") from error


def _take_turn(side: ssl.SSLObject) -> None:
    with contextlib.suppress(ssl.SSLWantReadError):
        side.do_handshake()
