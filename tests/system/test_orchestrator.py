"""Jobs that create jobs while their workflow runs."""

import pytest

from support.processes import Place, Server
from torc_client import Orchestrator, Torc
from torc_client.scripting.orchestrator import NotInJobError

# Halves an interval until it is short. In the second round one of the jobs fails.
SCRIPT = """
from torc_client import Orchestrator, SpawnJobModel

orchestrator = Orchestrator.from_env()
width = (orchestrator.state or {"width": 8.0})["width"]
with open("rounds", "a") as rounds:
    results = [(result.job_name, result.return_code) for result in orchestrator.job_results()]
    print(orchestrator.generation, width, results, file=rounds)
if width <= 1:
    orchestrator.converge(state={"width": width})
else:
    jobs = ["true", SpawnJobModel(name=f"right{width}", command="exit 1" if width == 4 else "true")]
    orchestrator.spawn(jobs, state={"width": width / 2}, again=True)
"""


def test_an_orchestrator_creates_rounds_of_jobs_until_it_is_done(server: Server, place: Place):
    place.file("halve.py", SCRIPT)
    spec = place.file(
        "halve.yaml",
        "name: halve\njobs: [{name: halve, command: python3 halve.py, resource_requirements: small}]\n"
        "resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT5M}]\n",
    )
    place.run("torc", "run", spec, status=3)
    assert (place.directory / "rounds").read_text().splitlines() == [
        "0 8.0 []",
        "1 4.0 [('halve_1_1', 0), ('right8.0', 0)]",
        "2 2.0 [('halve_2_1', 0), ('right4.0', 1)]",
        "3 1.0 [('halve_3_1', 0), ('right2.0', 0)]",
    ]
    with Torc(server.url) as torc:
        jobs = torc.workflow(1).jobs()
        data = {record.name: record.data for record in torc.iterate(torc.user_data.list_user_data, workflow_id=1)}
    assert len(jobs) == 10
    assert {job.resource_requirements_id for job in jobs if job.command == "python3 halve.py"} == {
        jobs[0].resource_requirements_id
    }
    last = {"generation": 3, "spawn_count": 3, "state": {"width": 1.0}, "final": True}
    assert data["__torc_lineage__halve__final"] == last


TRIED_TWICE = """
name: twice
failure_handlers: [{name: again, rules: [{exit_codes: [7], max_retries: 3}]}]
jobs:
  - name: seed
    failure_handler: again
    command: |
      python3 spawn.py && { [ -e tried ] || { touch tried; exit 7; }; }
"""


def test_a_retried_orchestrator_spawns_jobs_once(server: Server, place: Place):
    place.file(
        "spawn.py",
        "from torc_client import Orchestrator\norchestrator = Orchestrator.from_env()\n"
        "if orchestrator.generation < 2:\n    orchestrator.spawn(['echo x >>worked'], again=True)\n",
    )
    place.run("torc", "run", place.file("twice.yaml", TRIED_TWICE))
    assert (place.directory / "tried").exists()
    assert (place.directory / "worked").read_text() == "x\nx\n"
    with Torc(server.url) as torc:
        names = [job.name for job in torc.workflow(1).jobs()]
    assert names == ["seed", "seed_1_1", "seed_1", "seed_2_1", "seed_2"]


def test_an_orchestrator_outside_a_job_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TORC_WORKFLOW_ID", raising=False)
    with pytest.raises(NotInJobError, match="TORC_WORKFLOW_ID is not set") as refused:
        Orchestrator.from_env()
    assert "command of a job" in (refused.value.hint or "")


def test_a_script_adds_jobs_after_events_while_the_workflow_runs(server: Server, place: Place):
    """A script outside the workflow adds jobs after events. The last job waits until all others exist."""
    place.file(
        "watch.py",
        "import os\nfrom torc_client import EventsMissed, Torc\ntorc = Torc()\nworkflow = torc.workflow(1)\n"
        "for news in workflow.follow_events():\n"
        "    if isinstance(news, EventsMissed):\n"
        "        open('watching', 'w').write('yes')\n"
        "    elif news.event_type == 'job_completed' and news.data['job_name'] == 'first':\n"
        "        workflow.add_jobs(['touch added', 'touch gate'])\n"
        "        break\n",
    )
    spec = place.file(
        "gate.yaml",
        "name: gate\njobs:\n"
        "  - {name: first, command: 'until [ -e watching ]; do sleep 0.1; done'}\n"
        "  - {name: last, command: 'until [ -e gate ]; do sleep 0.1; done'}\n",
    )
    place.run("torc", "workflows", "create", spec)
    place.run("torc", "workflows", "initialize", "1")
    watching = place.start("python", "watch.py")
    place.run("torc", "run", "1", "--max-parallel-jobs", "3")
    _, errors = watching.communicate()
    assert watching.returncode == 0, errors
    assert (place.directory / "added").exists()
