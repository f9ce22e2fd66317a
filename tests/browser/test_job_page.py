"""The page of a job in a real browser: it walks through the list that the reader came from, and follows its job."""

from support import needs
from support.browsing import PATIENCE_MS, Visit, expect, run_failed_workflow
from support.processes import Place, Server, ended_after

pytestmark = needs.programs("chromium")


def shows(visit: Visit, name: str) -> None:
    """Wait for the page of a job, and for the script that shows the list."""
    expect(visit.page.locator("h1")).to_have_text(name, timeout=PATIENCE_MS)
    expect(visit.page.locator("#job-list")).to_be_visible(timeout=PATIENCE_MS)


def test_keys_walk_through_the_list(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}/jobs?filter=name~simulate&sort=name&size=2")
    names = visit.page.locator("[data-rows] tbody tr").all_inner_texts()
    assert len(names) == 2
    visit.page.locator("[data-rows] tbody tr a").first.click()
    shows(visit, "simulate_1")
    expect(visit.page.locator("#list-previous")).to_be_disabled()
    visit.page.keyboard.press("j")
    shows(visit, "simulate_2")
    # The list goes on with its next page.
    visit.page.keyboard.press("j")
    shows(visit, "simulate_3")
    visit.page.keyboard.press("k")
    shows(visit, "simulate_2")
    visit.page.locator("#job-list a").click()
    visit.sees("simulate_1")
    assert visit.complaints == []


def test_a_job_that_was_opened_otherwise_has_no_list(server: Server, place: Place, visit: Visit):
    run_failed_workflow(place, server)
    visit.open("/jobs/1")
    visit.sees("Needs and needed by")
    expect(visit.page.locator("#job-list")).to_be_hidden()
    assert visit.complaints == []


def test_the_title_follows_the_status(server: Server, place: Place, visit: Visit):
    place.file("spec.yaml", "name: one\njobs:\n  - name: waits\n    command: 'until test -s go; do sleep 0.05; done'\n")
    place.torc("workflows", "create", "spec.yaml")
    with ended_after(place.start("torc", "run", "1")) as runner:
        visit.open("/jobs/1")
        expect(visit.page).to_have_title("▶ waits · running · Torc", timeout=PATIENCE_MS)
        (place.directory / "go").write_text("x")
        expect(visit.page).to_have_title("✓ waits · completed · Torc", timeout=PATIENCE_MS)
        runner.wait()
    assert visit.complaints == []
