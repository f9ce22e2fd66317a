"""The overview of a workflow in a real browser: it follows a run by itself, and leads to what it names."""

from support import needs
from support.browsing import PATIENCE_MS, Visit, expect, make_workflow, run_failed_workflow
from support.processes import Place, Server

pytestmark = needs.programs("chromium")


def test_the_overview_follows_a_run_by_itself(server: Server, place: Place, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 3)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees("Nothing has run yet")
    expect(visit.page.locator("#groups")).to_contain_text("job_#", timeout=PATIENCE_MS)
    visit.page.evaluate("window.kept = true")
    place.run("torc", "run", workflow_id)
    visit.sees("All 3 jobs completed")
    expect(visit.page.locator("#ended tbody tr")).to_have_count(3, timeout=PATIENCE_MS)
    expect(visit.page.locator("#groups")).to_contain_text("3 of 3", timeout=PATIENCE_MS)
    expect(visit.page.locator("#card-completed strong")).to_have_text("3")
    assert visit.page.title() == "✓ sweep · Torc"
    assert visit.page.locator("link[rel=icon]").get_attribute("href") == "/static/icon-completed.svg"
    assert visit.page.evaluate("window.kept")
    assert visit.complaints == []


def test_a_followed_workflow_tells_its_end(server: Server, place: Place, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 2)
    visit.page.add_init_script(
        """window.told = [];
        window.Notification = class extends EventTarget {
          static permission = "granted";
          constructor(name, { body }) { super(); window.told.push(`${name}: ${body}`); }
        };"""
    )
    visit.open(f"/workflows/{workflow_id}")
    follow = visit.page.locator("#follow")
    follow.click()
    expect(follow).to_have_text("Following")
    place.run("torc", "run", workflow_id)
    expect(follow).to_have_text("Follow", timeout=PATIENCE_MS)
    assert visit.page.evaluate("window.told") == ["sweep: completed"]
    assert visit.complaints == []


def test_failures_lead_to_jobs_and_remedies(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees("simulate_2 failed with exit code 3")
    visit.page.locator("#news").get_by_role("link", name="job", exact=True).click()
    expect(visit.page.locator("h1")).to_have_text("simulate_2")
    visit.page.go_back()
    visit.page.locator("#news").get_by_role("link", name="run again").click()
    visit.sees("Make ready again")
    visit.page.keyboard.press("Escape")
    visit.page.locator("#card-failed").click()
    expect(visit.page.locator("#records tbody tr")).to_have_count(1, timeout=PATIENCE_MS)
    assert visit.complaints == []
