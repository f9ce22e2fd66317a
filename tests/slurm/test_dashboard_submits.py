"""A workflow is submitted to a real cluster in a browser."""

import contextlib
import subprocess

import pytest

from slurm.asking import is_complete, items
from slurm.scenarios import Site, spec
from slurm.waiting import until
from support import needs
from support.browsing import CHROMIUM, FLAGS, PATIENCE_MS, Visit, expect
from support.processes import Output, ended_after

pytestmark = needs.programs("chromium")

JOBS = """
resource_requirements: [{name: half, num_cpus: 2, memory: 400m, runtime: PT30S}]
jobs: [{name: "job_{i}", command: hostname, parameters: {i: "1:4"}, resource_requirements: half}]
"""


@pytest.mark.timeout(600)
def test_a_workflow_is_submitted_and_runs(site: Site) -> None:
    sync_api = needs.library("playwright.sync_api")
    place = site.place
    workflow_id = place.torc("create", place.file("scenario.json", spec(JOBS)))["workflow_id"]
    process = place.start("torc-dash", "--port", "0", stderr=subprocess.STDOUT)
    with ended_after(process), sync_api.sync_playwright() as playwright:
        assert process.stdout is not None
        output = Output(process.stdout)
        link = output.wait_for("?token=").split()[-1]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with contextlib.closing(browser):
            visit = Visit(browser.new_page(), link.partition("/?")[0], link)
            visit.open(f"/workflows/{workflow_id}")
            visit.page.locator("#offer-submit").click()
            visit.sees("and a runner starts in each")
            visit.page.locator("form").get_by_role("button", name="Submit to Slurm", exact=True).click()
            expect(visit.page.locator("#task .chip.is-completed")).to_be_visible(timeout=PATIENCE_MS)
            (allocation,) = items(place, "scheduled_compute_nodes", workflow_id=workflow_id)
            visit.open(f"/workflows/{workflow_id}/nodes")
            visit.sees(str(allocation["scheduler_id"]))
            until(lambda: is_complete(place, workflow_id))
            visit.open(f"/workflows/{workflow_id}")
            visit.sees("4 of 4 completed")
            assert visit.complaints == []
        process.terminate()
        assert process.wait() == 0
        output.finish()
