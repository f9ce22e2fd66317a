"""Kill a command between two of its requests."""

import json
from http.client import HTTPConnection
from typing import Any

from support.processes import SERVICE, Place, Server, ended_after
from support.proxy import proxy


class Killed:
    """Starts commands through a proxy, and kills each after its next request that writes."""

    def __init__(self, place: Place, server: Server) -> None:
        self.place = place
        self.server = server

    def run(self, after: int, *words: str) -> str | None:
        """Run a command and kill it before it gets the answer of this request, counted from 1.

        Returns its output, or None if it was killed.
        """
        left = after

        def before_answer(method: str, _: str) -> None:
            nonlocal left
            left -= method != "GET"
            if left == 0:
                process.kill()
                process.wait()

        with proxy(self.server, before_answer) as url:
            process = self.place.start(*words, environment={"TORC_API_URL": url})
            with ended_after(process):
                out, err = process.communicate()
        assert process.returncode in {0, -9}, out + err
        return out if process.returncode == 0 else None


def call(server: Server, method: str, path: str) -> tuple[int, Any]:
    """Send a request to the server, and return the status and the value of the answer."""
    connection = HTTPConnection("127.0.0.1", server.port)
    try:
        connection.request(method, SERVICE + path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
