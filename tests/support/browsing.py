"""Chromium in front of a dashboard, and workflows to look at: shared by the tests of all pages.

The fixtures are in `tests/browser/conftest.py`. `visit` fails at its end if the page asked for something outside its
origin; a test ends with `assert visit.complaints == []`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support import needs
from support.processes import Place, Server
from torc_client.api.records import (
    AccessGroupModel,
    JobModel,
    JobsModel,
    UserGroupMembershipModel,
    WorkflowModel,
)
from torc_client.client import TorcClient

CHROMIUM = needs.path_of("chromium")
FLAGS = [
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# A busy machine needs this long for an update that takes a second.
PATIENCE_MS = 60_000
# The owner of the workflows. The dashboards of tests list those of this user.
OWNER = "tester"
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
HOSTILE_NAMES = (
    HOSTILE,
    "</script><script>document.title='owned'</script>",
    "'; alert(1); {{ 7 * 7 }} ${7*7} %s \\u003cb\\u003e",
    "\u202eevil\u202c \x1b[31mred\x1b[0m \ufeff",
    "long_" + "x" * 200,
)

# Messages of the console that report no fault: a request was given up for one of the reader.
# Other tests add and remove networks of this machine; the browser then gives up requests, which are sent again.
_HARMLESS = {
    "htmx:afterRequest",
    "htmx:sendAbort",
    "Failed to load resource: net::ERR_NETWORK_CHANGED",
}


class Visit:
    """A page of a dashboard, with everything that it asked for and complained about."""

    def __init__(self, page: Any, origin: str, link: str) -> None:
        self.page = page
        self.origin = origin
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._complained)
        page.goto(link)
        page.wait_for_url(f"{origin}/")

    def _complained(self, message: Any) -> None:
        if message.type == "error" and message.text.partition(", [object")[0] not in _HARMLESS:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        """Open a page of the dashboard."""
        self.page.goto(self.origin + path)

    def sees(self, text: str) -> None:
        """Wait until a text is on the page, by itself."""
        expect(self.page.locator("body")).to_contain_text(text, timeout=PATIENCE_MS)

    def foreign_requests(self) -> list[str]:
        """Return what the page asked for outside its origin."""
        return [url for url in self.requests if not url.startswith((self.origin + "/", "blob:", "data:"))]


def expect(locator: Any) -> Any:
    """Return the assertions of a locator, which wait."""
    # Imported here, so that a machine without playwright can import this module.
    from playwright import sync_api  # noqa: PLC0415

    return sync_api.expect(locator)


def tell(server: Server, what: Callable[[TorcClient], Coroutine[Any, Any, Any]]) -> Any:
    """Let something happen on the server while the page is open."""

    async def happen() -> Any:
        async with TorcClient(server.url) as client:
            return await what(client)

    # In a thread of its own: the browser's driver keeps an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, happen()).result()


def make_workflow(server: Server, name: str, jobs: int, command: str = "true", **members: Any) -> int:
    """Create an initialized workflow with jobs `job_000`, `job_001` and so on, and return its id."""

    async def make(client: TorcClient) -> int:
        workflow = await client.workflows.create_workflow(WorkflowModel(name=name, user=OWNER, **members))
        assert workflow.id is not None
        numbered = [
            JobModel(workflow_id=workflow.id, name=f"job_{number:03d}", command=command) for number in range(jobs)
        ]
        if numbered:
            await client.jobs.create_jobs(JobsModel(jobs=numbered))
            await client.workflows.initialize_jobs(workflow.id)
        return workflow.id

    found: int = tell(server, make)
    return found


def make_group(server: Server, workflow_id: int) -> int:
    """Create an access group with the owner and ann, which can use a workflow, and return its id."""

    async def make(client: TorcClient) -> int:
        group = await client.access_control.create_access_group(AccessGroupModel(name="solar", description="Sunny"))
        assert group.id is not None
        for user, role in ((OWNER, "admin"), ("ann", "member")):
            member = UserGroupMembershipModel(group_id=group.id, user_name=user, role=role)
            await client.access_control.add_user_to_group(group.id, member)
        await client.access_control.add_workflow_to_group(workflow_id, group.id)
        return group.id

    found: int = tell(server, make)
    return found


def make_hostile_workflow(server: Server) -> int:
    """Create a workflow whose name, description and jobs are hostile texts, and return its id."""

    async def make(client: TorcClient) -> int:
        workflow = await client.workflows.create_workflow(
            WorkflowModel(name=HOSTILE, user=OWNER, description="\n".join(HOSTILE_NAMES), project=HOSTILE_NAMES[1])
        )
        assert workflow.id is not None
        jobs = [
            JobModel(workflow_id=workflow.id, name=name, command=f"echo '{name}'")
            for name in (one.replace("\x1b", "") for one in HOSTILE_NAMES)
        ]
        await client.jobs.create_jobs(JobsModel(jobs=jobs))
        await client.workflows.initialize_jobs(workflow.id)
        return workflow.id

    found: int = tell(server, make)
    return found


_FAILED_SPEC = """\
name: failed
jobs:
  - name: prepare
    command: echo prepared
  - name: simulate_{i}
    command: 'echo "step {i}"; test {i} != 2 || { echo "FileNotFoundError: no grid" >&2; exit 3; }'
    parameters: {i: "1:3"}
    depends_on: [prepare]
  - name: summarise
    command: echo done
    depends_on_regexes: ["simulate_.*"]
"""


def run_failed_workflow(place: Place, server: Server) -> int:
    """Run a small workflow, one job of which fails with a line on stderr, and return its id."""
    spec = place.file("failed.yaml", _FAILED_SPEC)
    assert server.process is not None
    created = place.torc("create", spec)
    found: int = created["workflow_id"] if "workflow_id" in created else created["id"]
    place.run("torc", "run", found, status=None)
    return found
