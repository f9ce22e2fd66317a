"""Who calls in the fuzz tests, and the records that they call about."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

import documented_calls as documented
from support.processes import Server

ANYBODY = ""
"""Who gives no name."""


# Operations on tokens, which act as a user: an open server has none.
NEED_USER = {"create_token", "revoke_token"}


class People:
    """Callers of one server, each with a session of their own."""

    def __init__(self, server: Server, passwords: Mapping[str, str]) -> None:
        self.server = server
        self.sessions = {ANYBODY: requests.Session()}
        for user, password in passwords.items():
            self.sessions[user] = requests.Session()
            self.sessions[user].auth = (user, password)
        self.document = documented.Document(self.of_document())
        self._labels = itertools.count(1)

    @property
    def owner(self) -> str:
        """Who makes records."""
        return "owner" if "owner" in self.sessions else ANYBODY

    @property
    def admin(self) -> str:
        """Who may do what belongs to no workflow."""
        return "admin" if "admin" in self.sessions else ANYBODY

    def of_document(self) -> Any:
        """The document, as it is served."""
        return self.sessions[self.admin].get(f"{self.server.url}/openapi.json", timeout=10).json()

    def send(self, user: str, request: Any) -> requests.Response:
        """Send a call of `documented`."""
        return self.sessions[user].request(
            request.method,
            f"{self.server.url}{request.path}",
            params={name: str(value) for name, value in request.query.items()},
            json=request.body,
            timeout=30,
        )

    @contextmanager
    def answering(self, have: Mapping[str, int]) -> Iterator[None]:
        """Be the runner of the node meanwhile: somebody asks what its job printed, and is told."""
        at, auth = f"{self.server.url}/compute_nodes/{have['compute_nodes']}", self.sessions[self.owner].auth

        def answer() -> None:
            path = f"{at}/output_requests?wait_seconds=20"
            for asked in requests.get(path, auth=auth, timeout=30).json()["items"]:
                piece = {"request_id": asked["request_id"], "run_id": 1, "path": "/there/job.o", "content": "aGVsbG8="}
                requests.post(f"{at}/output_pieces", auth=auth, json=piece, timeout=30)

        runner = threading.Thread(target=answer)
        runner.start()
        yield
        runner.join()

    def ok(self, user: str, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Send what cannot fail."""
        response = self.send(user, documented.Request(method, path, query, body))
        assert response.status_code in {200, 202}, (path, body, response.text)
        return response.json()

    def records(self, add: Callable[[Mapping[str, int]], None] = lambda _have: None) -> dict[str, int]:
        """Create one record of each kind and initialize the workflow. Return their ids by tag.

        `add` adds to the workflow before.
        """
        label = f"fuzz{next(self._labels)}"
        have = {"access_groups": int(self.ok(self.admin, "POST", "/access_groups", {"name": label})["id"])}
        member = {"group_id": have["access_groups"], "user_name": "friend", "role": "admin"}
        self.ok(self.admin, "POST", f"/access_groups/{have['access_groups']}/members", member)
        workflow = {"name": label, "user": self.owner or "owner", "access_groups": [label]}
        have["workflows"] = int(self.ok(self.owner, "POST", "/workflows", workflow)["id"])
        for creator in self._in_order(have):
            if creator.id in NEED_USER and not self.owner:
                continue
            request = self.document.request(creator, have, label)
            if creator.tag == "compute_nodes":
                request.body["is_active"] = True
            response = self.send(self.owner, request)
            assert response.status_code == 200, (creator.id, response.text)
            have[creator.tag] = documented.first_id(response.text)
        add(have)
        of_workflow = f"/workflows/{have['workflows']}"
        task = self.ok(self.owner, "POST", f"{of_workflow}/initialize_jobs", **{"async": "true"})
        have["tasks"] = int(task["id"])
        self.ok(self.owner, "GET", f"{of_workflow}/active_task", wait_seconds=30)
        return have

    def _in_order(self, have: Mapping[str, int]) -> Iterator[Any]:
        """The operations that make one record each, those first of whose records others tell."""
        first = ("resource_requirements", "failure_handlers", "slurm_schedulers", "files", "user_data")
        later = ("jobs", "compute_nodes")
        creators = {each.tag: each for each in self.document.creators() if each.tag not in have}
        for tag in (*first, *later, *sorted(set(creators) - {*first, *later})):
            yield creators[tag]
