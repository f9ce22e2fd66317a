"""Open pages are updated by the stream of changes, share it, say what they know, and keep what the reader does."""

from typing import Any

import pytest

from support import needs
from support.browsing import OWNER, PATIENCE_MS, Visit, expect, make_workflow, tell
from support.processes import Server

pytestmark = needs.programs("chromium")


def sign(page: Any, mode: str) -> None:
    """Wait until the page says how it is updated."""
    expect(page.locator("#liveness")).to_have_attribute("data-mode", mode, timeout=PATIENCE_MS)


def cancel(server: Server, workflow_id: int) -> None:
    tell(server, lambda client: client.workflows.cancel_workflow(workflow_id))


@pytest.fixture
def workflow_id(server: Server) -> int:
    return make_workflow(server, "sweep", 3)


def test_a_change_reaches_the_page_by_the_stream(server: Server, visit: Visit, workflow_id: int):
    visit.open(f"/workflows/{workflow_id}")
    sign(visit.page, "stream")
    cancel(server, workflow_id)
    visit.sees("canceled, 0 of 3 completed")
    assert sum("/live?workflow=" in url for url in visit.requests) == 1
    assert visit.complaints == []


def test_the_offered_actions_follow_the_state(server: Server, visit: Visit, workflow_id: int):
    visit.open(f"/workflows/{workflow_id}/jobs")
    best = visit.page.locator("#actions > .primary")
    expect(best).to_have_text("Run here")
    cancel(server, workflow_id)
    expect(best).to_have_text("Run again what changed", timeout=PATIENCE_MS)
    assert visit.complaints == []


def test_two_pages_share_one_stream(server: Server, visit: Visit, workflow_id: int):
    visit.open(f"/workflows/{workflow_id}")
    sign(visit.page, "stream")
    other = visit.page.context.new_page()
    streams: list[str] = []
    other.on("request", lambda request: streams.append(request.url) if "/live?" in request.url else None)
    other.goto(f"{visit.origin}/workflows/{workflow_id}")
    sign(other, "stream")
    cancel(server, workflow_id)
    for page in (visit.page, other):
        expect(page.locator("#frame_state")).to_contain_text("canceled, 0 of 3", timeout=PATIENCE_MS)
    assert streams == []
    visit.page.close()
    # The other page takes the lead.
    expect(other.locator("#liveness")).to_have_attribute("data-mode", "stream", timeout=PATIENCE_MS)
    make_workflow(server, "another", 1)


def test_updates_keep_focus_selection_and_open_details(server: Server, visit: Visit, workflow_id: int):
    visit.open(f"/workflows/{workflow_id}")
    sign(visit.page, "stream")
    visit.page.evaluate(
        """() => {
      const link = document.querySelector("#card-jobs");
      link.focus();
      window.kept = link;
      getSelection().selectAllChildren(document.querySelector("#facts dd"));
    }"""
    )
    cancel(server, workflow_id)
    visit.sees("canceled, 0 of 3 completed")
    assert visit.page.evaluate("document.activeElement === window.kept")
    assert visit.page.evaluate("getSelection().toString()") == OWNER


def test_a_paused_page_rests_and_catches_up(server: Server, visit: Visit, workflow_id: int):
    visit.open(f"/workflows/{workflow_id}")
    sign(visit.page, "stream")
    pause = visit.page.get_by_role("button", name="Pause updates")
    pause.click()
    sign(visit.page, "paused")
    assert pause.get_attribute("aria-pressed") == "true"
    cancel(server, workflow_id)
    expect(visit.page.locator("#frame_state")).to_contain_text("0 of 3 completed, waiting")
    pause.click()
    visit.sees("canceled, 0 of 3 completed")
    sign(visit.page, "stream")


def test_a_page_says_since_when_the_server_is_away(server: Server, visit: Visit, workflow_id: int):
    visit.open(f"/workflows/{workflow_id}")
    sign(visit.page, "stream")
    server.kill()
    sign(visit.page, "away")
    expect(visit.page.locator("#liveness")).to_contain_text("server away since")
    visit.sees("sweep")
    server.start()
    sign(visit.page, "stream")
    cancel(server, workflow_id)
    visit.sees("canceled, 0 of 3 completed")


def test_without_a_stream_the_page_asks_by_itself(server: Server, visit: Visit, workflow_id: int):
    visit.page.route("**/live?*", lambda route: route.fulfill(status=503))
    visit.open(f"/workflows/{workflow_id}")
    sign(visit.page, "poll")
    cancel(server, workflow_id)
    visit.sees("canceled, 0 of 3 completed")


def test_the_list_of_workflows_is_updated_by_the_stream(server: Server, visit: Visit, workflow_id: int):
    visit.open("/workflows")
    sign(visit.page, "stream")
    cancel(server, workflow_id)
    visit.sees("canceled, 0 of 3 completed")
    make_workflow(server, "another", 1)
    visit.sees("another")
    assert sum("/live?list=mine" in url for url in visit.requests) >= 1
    assert visit.complaints == []


def test_a_list_without_a_stream_is_read_from_time_to_time(server: Server, visit: Visit, workflow_id: int):
    gone = 'data: {"topic": "mine", "state": "gone", "everything": false, "kinds": [], "jobs": [], "more_jobs": false}'
    visit.page.route(
        "**/live?*", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=f"{gone}\n\n")
    )
    visit.open("/workflows")
    sign(visit.page, "poll")
    cancel(server, workflow_id)
    visit.sees("canceled, 0 of 3 completed")


def test_scripts_cannot_turn_texts_into_elements(server: Server, visit: Visit):
    tried = visit.page.evaluate(
        """() => {
      const found = [];
      for (const attempt of [
        () => { document.body.innerHTML = "<img src=x>"; },
        () => { document.write("<img src=x>"); },
        () => { document.body.insertAdjacentHTML("beforeend", "<img src=x>"); },
        () => document.createRange().createContextualFragment("<img src=x>"),
        () => { document.createElement("script").src = "/static/other.js"; },
      ]) { try { attempt(); found.push("done"); } catch (error) { found.push(error.name); } }
      return found;
    }"""
    )
    assert len(tried) == 5
    assert "done" not in tried
