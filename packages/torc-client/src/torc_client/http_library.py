"""aiohttp, imported as the process wants it.

aiohttp makes two TLS contexts when it is imported, for requests that name none: with all certificates of the machine
they take 40 ms of each command. Ours name their own (`tls.trust`), and where they do not speak TLS they follow nobody
who would. So programs of ours leave the certificates out; scripts and notebooks may ask aiohttp for more than we do,
and get it whole.
"""

import contextlib
import os
from collections.abc import Iterator

from torc_client import startup

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@contextlib.contextmanager
def _without_certificates() -> Iterator[None]:
    """Let OpenSSL look where there is nothing."""
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
