"""Ask the server of a test without a command: tests that wait ask often, and the machine is busy with the nodes."""

import base64
import json
import urllib.parse
import urllib.request
from typing import Any

from support.processes import Place


def ask(place: Place, path: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
    """Call an operation of the server with the user and the password of a place, and return its answer."""
    words = f"?{urllib.parse.urlencode(query)}" if query else ""
    call = urllib.request.Request(f"{place.environment['TORC_API_URL']}/{path}{words}")  # noqa: S310 - the test's
    if "TORC_PASSWORD" in place.environment:
        login = f"{place.environment['USER']}:{place.environment['TORC_PASSWORD']}"
        call.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
    if body is not None:
        call.data = json.dumps(body).encode()
        call.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(call) as answer:  # noqa: S310 - the URL is that of the server of the test
        return json.loads(answer.read())


def items(place: Place, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return the items of a list."""
    return list(ask(place, path, **query)["items"])


def is_complete(place: Place, workflow: int | str) -> bool:
    """Whether a workflow has ended."""
    return bool(ask(place, f"workflows/{workflow}/is_complete")["is_complete"])
