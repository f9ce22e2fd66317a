"""TLS over a UNIX socket: the socket of a tunnel to a server that listens on `https://`."""

import asyncio
import ssl
from typing import TYPE_CHECKING

from torc_client.http_library import aiohttp

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.tracing import Trace


class TlsSocketConnector(aiohttp.UnixConnector):
    """Connects to a UNIX socket, and requires a certificate for the host in the URL of the request."""

    def __init__(self, path: str, trust: ssl.SSLContext, *, limit: int) -> None:
        super().__init__(path, limit=limit)
        self._trust = trust

    async def _create_connection(
        self,
        req: "aiohttp.ClientRequest",
        traces: list["Trace"],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature of the overridden method
    ) -> "ResponseHandler":
        del traces
        key = req.connection_key
        try:
            async with asyncio.timeout(timeout.sock_connect):
                _, protocol = await self._loop.create_unix_connection(
                    self._factory, self.path, ssl=self._trust, server_hostname=req.url.raw_host
                )
        except ssl.CertificateError as error:
            raise aiohttp.ClientConnectorCertificateError(key, error) from error
        except ssl.SSLError as error:
            raise aiohttp.ClientConnectorSSLError(key, error) from error
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"No connection to {self.path}") from error
        except OSError as error:
            raise aiohttp.ClientConnectorError(key, error) from error
        return protocol
