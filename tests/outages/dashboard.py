"""A dashboard whose page and whose stream of events are requested again and again, as a browser does."""

import http.client
import re
import socket
import threading
import time
from pathlib import Path

from outages.scene import Scene
from outages.timed import Program

PERIOD_SECONDS = 2.0
_PATIENCE_SECONDS = 60.0


class _Connection(http.client.HTTPConnection):
    """A connection to a UNIX socket, which is reachable from all network namespaces."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_PATIENCE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_PATIENCE_SECONDS)
        self.sock.connect(str(self._path))


class Browser:
    """Requests the page of a workflow, and records each change of what comes back."""

    def __init__(self, scene: Scene, path: Path) -> None:
        self.program = Program("dashboard, page")
        self._path = path
        self._url = f"/workflows/{scene.alone}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def close(self) -> None:
        """Stop requesting."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        last = None
        while not self._over.is_set():
            began = time.monotonic()
            connection = _Connection(self._path)
            try:
                connection.request("GET", self._url)
                answer = connection.getresponse()
                text = answer.read().decode()
                seen = (answer.status, _failure_in(text))
            except (OSError, http.client.HTTPException) as error:
                seen = (0, repr(error))
            finally:
                connection.close()
            if seen != last:
                last = seen
                took = time.monotonic() - began
                self.program.say(f"{seen[0]} {seen[1]}".strip() + (f" (after {took:.1f} s)" if took > 1 else ""))
            self._over.wait(PERIOD_SECONDS)


def _failure_in(page: str) -> str:
    """Return the text of a page that reports a problem, without markup."""
    _, mark, rest = page.partition('<section class="problem')
    text = rest.partition("<h1>")[2].partition("<p><a")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", text).split()) if mark else ""


def start(scene: Scene) -> Browser:
    """Start a dashboard on the host far, a reader of its stream of events, and a reader of its page."""
    scene.far.directory.chmod(0o700)
    path = scene.far.directory / "dash.sock"
    dash = scene.start("torc-dash", scene.far, "torc-dash", "--socket", path)
    dash.wait_for("dash.sock")
    url = f"http://localhost/torc-service/v1/workflows/{scene.alone}/events/stream"
    again = f'while :; do curl -sS -N --unix-socket "{path}" {url} 2>&1; echo "ended: curl $?"; sleep 1; done'
    scene.start("dashboard, events", scene.far, "sh", "-c", again)
    return Browser(scene, path)
