"""The dashboard's pages in a real browser: they stay true by themselves, and ask for nothing outside their origin."""

import asyncio
import contextlib
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support import needs
from support.processes import Output, Place, Server, ended_after
from torc_client.api.records import JobModel, JobsModel, WorkflowModel
from torc_client.client import TorcClient

CHROMIUM = needs.path_of("chromium")
sync_api = needs.library("playwright.sync_api")
pytestmark = needs.programs("chromium")

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
FLAGS = [
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


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
        # A request of the page that was given up in favour of the reader's own is logged as an error, and is none.
        if message.type == "error" and message.text not in {"htmx:afterRequest", "htmx:sendAbort"}:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def sees(self, text: str) -> None:
        """Wait until a text is on the page, by itself."""
        sync_api.expect(self.page.locator("body")).to_contain_text(text, timeout=60_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def dashboard(place: Place, server: Server) -> Iterator[str]:
    """A dashboard over TCP in front of the server; the link that it printed."""
    process = place.start("torc-dash", "--port", "0", "--api-url", server.url, stderr=subprocess.STDOUT)
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        yield output.wait_for("?token=").split()[-1]
        process.terminate()
        assert process.wait() == 0
        output.finish()


@pytest.fixture
def visit(chromium: Any, dashboard: str) -> Iterator[Visit]:
    with contextlib.closing(chromium.new_context()) as context:
        visit = Visit(context.new_page(), dashboard.partition("/?")[0], dashboard)
        yield visit
        foreign = [url for url in visit.requests if not url.startswith(visit.origin + "/")]
        assert visit.requests
        assert not foreign, "the page asked for something outside its origin"


def tell(server: Server, what: Callable[[TorcClient], Coroutine[Any, Any, Any]]) -> Any:
    """Let something happen on the server while the page is open."""

    async def happen() -> Any:
        async with TorcClient(server.url) as client:
            return await what(client)

    # In a thread of its own: the browser's driver keeps an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, happen()).result()


def make_workflow(server: Server, name: str, jobs: int, command: str = "true") -> int:
    async def make(client: TorcClient) -> int:
        workflow = await client.workflows.create_workflow(WorkflowModel(name=name, user="tester"))
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


def test_the_list_grows_by_itself(server: Server, visit: Visit):
    visit.sees("No workflows yet")
    make_workflow(server, "first", 3)
    visit.sees("first")
    visit.sees("0 of 3 completed, waiting for a runner")
    visit.page.click("text=first")
    visit.sees("job_002")
    assert visit.complaints == []


def test_a_workflow_page_stays_true_and_then_rests(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 4)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees("waiting for a runner")
    assert visit.page.locator("[data-live]").count() == 1
    tell(server, lambda client: client.workflows.cancel_workflow(workflow_id))
    visit.sees("canceled, 0 of 4 completed")
    sync_api.expect(visit.page.locator("[data-live]")).to_have_count(0)
    assert visit.complaints == []


def test_rows_are_filtered_sorted_and_turned_over_by_the_server(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 120)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees("1\N{EN DASH}50 of 120 jobs")
    visit.page.click("#next")
    visit.sees("51\N{EN DASH}100 of 120 jobs")
    name = visit.page.locator("th", has_text="Name")
    name.locator("a").click()
    sync_api.expect(name).to_have_attribute("aria-sort", "ascending")
    name.locator("a").click()
    sync_api.expect(name).to_have_attribute("aria-sort", "descending")
    sync_api.expect(visit.page.locator("tbody tr").first).to_contain_text("job_119")
    visit.page.get_by_label("Name").fill("job_11")
    visit.sees("1\N{EN DASH}10 of 10 jobs")
    sync_api.expect(visit.page.locator("tbody tr").first).to_contain_text("job_119")
    visit.page.get_by_label("Name").fill("nothing like it")
    visit.sees("No jobs match")
    visit.page.click("text=Clear the filters")
    visit.sees("1\N{EN DASH}50 of 120 jobs")
    visit.page.get_by_role("link", name="Compute nodes").click()
    visit.sees("No compute node has joined")
    visit.page.go_back()
    visit.sees("1\N{EN DASH}50 of 120 jobs")
    assert visit.complaints == []


def test_names_with_html_are_inert(server: Server, visit: Visit):
    workflow_id = make_workflow(server, HOSTILE, 1, command=f"echo '{HOSTILE}'")
    visit.sees(HOSTILE)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees(f"echo '{HOSTILE}'")
    assert visit.page.locator("main img").count() == 0
    assert visit.page.title() != "owned"
    assert visit.complaints == []


def test_a_server_that_goes_away_is_said_and_comes_back_by_itself(server: Server, visit: Visit):
    make_workflow(server, "steady", 2)
    visit.sees("steady")
    banner = visit.page.locator("#server-away")
    sync_api.expect(banner).to_be_hidden()
    server.kill()
    sync_api.expect(banner).to_be_visible(timeout=60_000)
    visit.sees("steady")
    server.start()
    sync_api.expect(banner).to_be_hidden(timeout=60_000)
    make_workflow(server, "afterwards", 1)
    visit.sees("afterwards")


def test_a_dashboard_that_goes_away_is_said(server: Server, visit: Visit, place: Place):
    make_workflow(server, "steady", 2)
    visit.sees("steady")
    visit.page.context.set_offline(offline=True)
    banner = visit.page.locator("#dash-away")
    sync_api.expect(banner).to_be_visible(timeout=60_000)
    visit.page.context.set_offline(offline=False)
    sync_api.expect(banner).to_be_hidden(timeout=60_000)


def test_a_page_opened_while_the_server_is_away_fills_itself(server: Server, visit: Visit):
    make_workflow(server, "patient", 2)
    server.kill()
    visit.open("/workflows")
    visit.sees("The Torc server does not answer")
    server.start()
    visit.sees("patient")


def test_pages_can_be_used_by_keyboard_and_have_labels(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "accessible", 2)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    unlabelled = visit.page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select')].filter(one => !one.labels.length).length"
    )
    assert unlabelled == 0
    assert visit.page.locator("html").get_attribute("lang") == "en"
    assert visit.page.locator("h1").count() == 1
