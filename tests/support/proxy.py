"""A proxy between clients and a server, so that a test acts between a request and its answer."""

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.processes import SERVICE, Server

_NOT_FORWARDED = {"transfer-encoding", "connection", "content-length", "date", "server", "host"}


@contextlib.contextmanager
def proxy(
    server: Server,
    before_answer: Callable[[str, str], None] | None = None,
    *,
    before_request: Callable[[str, bytes], None] | None = None,
) -> Iterator[str]:
    """Forward requests to a server, and yield the URL for clients.

    `before_answer` is called with the method and the path (below the service) of each request, when the server has
    answered it and before the client gets the answer. `before_request` is called with the path and the body, before the
    server gets the request; if it raises an OSError, the server does not get it. Both are called in a thread of the
    request.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            upstream = http.client.HTTPConnection("127.0.0.1", server.port)
            try:
                if before_request is not None:
                    before_request(self.path.partition("?")[0].removeprefix(SERVICE), body)
                kept = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_FORWARDED}
                upstream.request(self.command, self.path, body, kept)
                answer = upstream.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                self.close_connection = True
                return
            finally:
                upstream.close()
            if before_answer is not None:
                before_answer(self.command, self.path.partition("?")[0].removeprefix(SERVICE))
            with contextlib.suppress(OSError):  # the client was killed
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _NOT_FORWARDED:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _forward  # noqa: N815 - the names of http.server

        def log_message(self, *_: object) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        listening.block_on_close = False
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}{SERVICE}"
        finally:
            listening.shutdown()
            thread.join()
