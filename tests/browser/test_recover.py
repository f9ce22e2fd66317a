"""Recovery in a browser: classes are unticked, values edited, and the workflow runs to its end."""

import re

from support import needs
from support.browsing import PATIENCE_MS, Visit, expect
from support.processes import Place, Server

pytestmark = needs.programs("chromium")

_SPEC = """\
name: hungry
resource_requirements:
  - {name: small, num_cpus: 1, num_gpus: 0, num_nodes: 1, memory: 60m, runtime: PT5M}
jobs:
  - name: hog_{i}
    command: "python3 -c 'import time; held = bytearray({i}0_000_000); time.sleep(2)'"
    parameters: {i: "8:9"}
    resource_requirements: small
  - {name: broken, command: "ls mended.txt", resource_requirements: small}
"""


def run_hungry_workflow(place: Place) -> int:
    """Run a workflow of which two jobs lack memory and one fails by itself."""
    found: int = place.torc("create", place.file("hungry.yaml", _SPEC))["workflow_id"]
    place.run("torc", "run", found, status=3)
    return found


def test_failed_jobs_are_recovered_with_chosen_values(server: Server, place: Place, visit: Visit):
    workflow_id = run_hungry_workflow(place)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_role("link", name="Recover", exact=True).click()
    visit.sees("2 jobs will be ready to run again")
    memory = visit.page.get_by_label("Memory 60m")
    # The peaks of the two jobs differ by the moment at which they were killed.
    expect(memory).to_have_value(re.compile("1[0-9]{2}m"))
    visit.page.get_by_label("Retry 1 job of broken").check()
    visit.sees("3 jobs will be ready to run again")
    expect(visit.page.locator("#command")).to_contain_text("--retry-unknown")
    memory.fill("300m")
    visit.page.get_by_label("Retry 2 jobs of hog_#").focus()
    visit.sees("small: memory 60m → 300m")
    # The page follows by itself, and the focus stays where it was.
    expect(visit.page.get_by_label("Retry 2 jobs of hog_#")).to_be_focused()
    place.file("mended.txt", "")
    visit.page.get_by_role("button", name="Apply", exact=True).click()
    expect(visit.page.locator("#task .chip.is-completed")).to_be_visible(timeout=PATIENCE_MS)
    visit.sees("small: memory 60m -> 300m")
    place.run("torc", "run", workflow_id)
    visit.open(f"/workflows/{workflow_id}/recover")
    visit.sees("No job failed: there is nothing to recover.")
    assert visit.complaints == []


def test_without_scripts_the_form_shows_and_does_the_same(server: Server, place: Place, visit: Visit):
    workflow_id = run_hungry_workflow(place)
    browser = visit.page.context.browser
    cookies = visit.page.context.storage_state()
    visit.open(f"/workflows/{workflow_id}")
    context = browser.new_context(java_script_enabled=False, storage_state=cookies)
    page = context.new_page()
    page.goto(f"{visit.origin}/workflows/{workflow_id}/recover")
    page.get_by_role("button", name="Find out why").click()
    page.get_by_label("Retry 2 jobs of hog_#").uncheck()
    page.get_by_label("Retry 1 job of broken").check()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This is what it will do now")
    expect(page.locator("body")).to_contain_text("1 job will be ready to run again")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("h1")).to_have_text("Recover: hungry")
    context.close()
