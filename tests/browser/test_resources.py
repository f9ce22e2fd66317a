"""The page of resources in a browser: use is seen, a requirement is fitted after a preview, and the page says so."""

from support import needs
from support.browsing import Visit, expect, make_hostile_workflow, tell
from support.processes import Place, Server
from torc_client.api.records import ResourceRequirementsModel
from torc_client.client import TorcClient

pytestmark = needs.programs("chromium")

SPEC = """\
name: sized
resource_monitor:
  sample_interval_seconds: 1
  flush_interval_seconds: 1
  granularity: time_series
  compute_node: {granularity: time_series}
resource_requirements:
  - {name: large, num_cpus: 1, memory: 900m, runtime: PT3H}
jobs:
  - name: work_{i}
    command: python3 -c "x = bytearray(60 * 2**20); import time; time.sleep(2.2)"
    parameters: {i: "1:3"}
    resource_requirements: large
  - name: report
    command: sleep 2
    resource_requirements: large
"""


def create_sized(place: Place) -> int:
    created = place.torc("create", place.file("sized.yaml", SPEC))
    found: int = created["workflow_id"] if "workflow_id" in created else created["id"]
    return found


def large_of(server: Server, workflow_id: int) -> ResourceRequirementsModel:
    async def read(client: TorcClient) -> ResourceRequirementsModel:
        found = await client.resource_requirements.list_resource_requirements(workflow_id=workflow_id, name="large")
        return found.items[0]

    record: ResourceRequirementsModel = tell(server, read)
    return record


def test_a_requirement_is_fitted_after_a_preview(server: Server, place: Place, visit: Visit):
    workflow_id = create_sized(place)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_role("link", name="Resources", exact=True).click()
    visit.sees("No job has ended")
    place.run("torc", "run", workflow_id, status=None)
    # The open page shows what happened in the meantime; the proposals come with the next visit.
    visit.sees("900 MiB required, p99")
    visit.open(f"/workflows/{workflow_id}/resources")
    visit.sees("900 MiB required, p99")
    visit.sees("4 jobs of 2 groups: work_#, report")
    expect(visit.page.locator(".chart .point")).to_have_count(4)
    expect(visit.page.locator(".node-line polyline")).to_have_count(2)
    visit.page.get_by_label("Margin: multiply by").fill("2")
    visit.page.get_by_role("button", name="Propose").click()
    visit.sees("run time 3 h \N{RIGHTWARDS ARROW} 1 min")
    visit.page.get_by_label("Memory", exact=True).fill("222m")
    visit.page.get_by_role("button", name="Preview", exact=True).click()
    visit.sees("Jobs with large: 4, of work_# (3), report (1).")
    visit.sees("222m")
    assert large_of(server, workflow_id).memory == "900m"
    visit.sees(f"torc workflows correct-resources {workflow_id} --requirements-id=")
    visit.page.locator("form").get_by_role("button", name="Change", exact=True).click()
    expect(visit.page.locator("#task .chip.is-completed")).to_be_visible(timeout=60_000)
    changed = large_of(server, workflow_id)
    assert (changed.memory, changed.runtime, changed.num_cpus) == ("222m", "PT1M", 1)
    visit.open(f"/workflows/{workflow_id}/resources")
    visit.sees("222 MiB required, p99")
    assert visit.complaints == []


def test_all_requirements_are_fitted_by_one_command(server: Server, place: Place, visit: Visit):
    workflow_id = create_sized(place)
    place.run("torc", "run", workflow_id, status=None)
    visit.open(f"/workflows/{workflow_id}/resources?quantile=p99&margin=1.5")
    visit.page.get_by_role("link", name="Fit all").click()
    visit.sees("Requirements to change: 1.")
    visit.page.locator("form").get_by_role("button", name="Fit", exact=True).click()
    expect(visit.page.locator("#task .chip.is-completed")).to_be_visible(timeout=60_000)
    assert large_of(server, workflow_id).runtime == "PT1M"
    assert visit.complaints == []


def test_a_workflow_that_never_ran_says_what_is_missing(server: Server, visit: Visit):
    workflow_id = make_hostile_workflow(server)
    visit.open(f"/workflows/{workflow_id}/resources")
    visit.sees("No job has ended, so no use is known.")
    visit.sees("compute_node: {granularity: time_series}")
    assert visit.page.locator("main img").count() == 0
    assert visit.complaints == []
