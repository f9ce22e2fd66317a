"""The module aiohttp, imported without certificates in the programs of this project.

aiohttp makes two TLS contexts on import, for requests without a context. Loading all certificates of the machine for
them takes 40 ms of each command. The requests of this package have their own context (`tls.trust`), and requests
without TLS do not follow redirects. So the programs of this project skip the certificates. Scripts and notebooks may
use aiohttp for other requests, and get the full contexts.
"""

import contextlib
import os
from collections.abc import Iterator

from torc_client import startup

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@contextlib.contextmanager
def _without_certificates() -> Iterator[None]:
    """Make OpenSSL find no certificates."""
    before = {name: os.environ.get(name) for name in _VARIABLES}
    os.environ.update(dict.fromkeys(_VARIABLES, os.devnull))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


with _without_certificates() if startup.is_own_cli else contextlib.nullcontext():
    import aiohttp

__all__ = ["aiohttp"]
