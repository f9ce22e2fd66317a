"""Actions in a browser: a failed workflow is understood, retried, changed and deleted without a terminal."""

from support import needs
from support.browsing import Visit, expect, make_workflow, run_failed_workflow
from support.processes import Place, Server

pytestmark = needs.programs("chromium")


def perform(visit: Visit, title: str) -> None:
    """Press the button of a preview, and wait for the end of its task."""
    visit.page.locator("form").get_by_role("button", name=title, exact=True).click()
    ended = visit.page.locator("#task .chip.is-completed, #task .chip.is-failed")
    expect(ended).to_be_visible(timeout=60_000)


def test_a_failed_workflow_is_retried_and_run_here(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_role("link", name="Retry failed", exact=True).click()
    visit.sees("2 jobs will be ready to run again")
    visit.sees(f"torc workflows reset-status {workflow_id} --failed-only --reinitialize --no-prompts")
    perform(visit, "Retry failed")
    visit.sees("Reset 2 jobs")
    visit.page.get_by_role("link", name=f"Workflow {workflow_id}", exact=True).click()
    visit.page.get_by_role("link", name="Run here", exact=True).click()
    visit.page.get_by_label("Jobs at once").fill("1")
    perform(visit, "Run here")
    visit.sees("It finished, with failed or canceled jobs.")
    visit.sees("max_parallel_jobs=1")
    assert visit.complaints == []


def test_jobs_of_a_filter_run_again_after_a_preview(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 30)
    visit.open(f"/workflows/{workflow_id}/actions/reset-jobs?filter=job_01")
    visit.sees("10 jobs selected.")
    visit.sees("Total: 10 jobs to reset")
    perform(visit, "Make ready again")
    visit.sees("Reset 10 jobs")
    assert visit.complaints == []


def test_a_workflow_is_renamed_and_deleted(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 1001)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_text("More", exact=True).click()
    visit.page.get_by_role("link", name="Edit", exact=True).click()
    visit.page.get_by_label("Name", exact=True).fill("--other <b>'name'")
    perform(visit, "Save")
    visit.open(f"/workflows/{workflow_id}/actions/delete")
    visit.sees("1,001 jobs will be deleted")
    visit.page.get_by_label("Type the name of the workflow").fill("many")
    visit.page.locator("form").get_by_role("button", name="Delete", exact=True).click()
    visit.sees("Type the name of the workflow to delete it.")
    visit.page.get_by_label("Type the name of the workflow").fill("--other <b>'name'")
    perform(visit, "Delete")
    visit.sees("Deleted workflow")
    # The console reports the form that was refused.
    assert [one for one in visit.complaints if "422" not in one] == []


def test_the_page_of_a_task_follows_it_to_its_end(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "slow", 1, command="sleep 4")
    visit.open(f"/workflows/{workflow_id}/actions/run")
    visit.page.locator("form").get_by_role("button", name="Run here", exact=True).click()
    visit.sees("running")
    expect(visit.page.locator("#task .chip.is-completed")).to_be_visible(timeout=60_000)
    expect(visit.page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(visit.page.locator("#poll")).to_have_count(0)
    assert visit.complaints == []


def test_selected_workflows_are_archived_and_deleted_together(server: Server, visit: Visit):
    first, second = (make_workflow(server, name, 3) for name in ("one", "two"))
    visit.open("/workflows")
    visit.page.get_by_label(f"Select {first}", exact=True).check()
    visit.page.get_by_label(f"Select {second}", exact=True).check()
    visit.sees("2 selected")
    visit.page.get_by_role("button", name="Archive", exact=True).click()
    visit.sees("Archive: 2 workflows, 6 jobs")
    perform(visit, "Archive")
    visit.sees("2 of 2 succeeded.")
    visit.open("/workflows?archived=1")
    visit.page.get_by_label("Select all rows of this page").check()
    visit.page.get_by_role("button", name="Delete", exact=True).click()
    visit.sees("Delete: 2 workflows, 6 jobs")
    perform(visit, "Delete")
    visit.sees(f"Deleted workflow {second}")
    visit.sees("2 of 2 succeeded.")
    assert visit.complaints == []


def test_selected_jobs_get_requirements_of_their_own(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "shared", 3)
    visit.open(f"/workflows/{workflow_id}/jobs")
    visit.page.get_by_label("Select 1", exact=True).check()
    visit.page.get_by_role("button", name="Requirements", exact=True).click()
    visit.sees("3 jobs share the requirements 'default'")
    visit.page.get_by_label("Memory", exact=True).fill("512m")
    perform(visit, "Save")
    visit.sees("Changed 1 job of workflow")
    visit.open(f"/workflows/{workflow_id}/actions/own-requirements?ids=1")
    expect(visit.page.get_by_label("Memory", exact=True)).to_have_value("512m")
    visit.sees("No other job has the requirements")
    visit.open(f"/workflows/{workflow_id}/actions/set-priority?ids=1,2")
    expect(visit.page.get_by_role("textbox", name="Priority")).to_have_value("0")
    assert visit.complaints == []
