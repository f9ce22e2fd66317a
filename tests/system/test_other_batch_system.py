"""A second batch system: all it needs is a registration. Commands and runners use it as they use Slurm."""

import asyncio
import json
from pathlib import Path

from support.processes import PROGRAMS, Place, Server
from torc_client.api.records import WorkflowActionModel
from torc_client.client import TorcClient

# `torc` with another batch system. Its requests are the scripts that it wrote.
TORC = """
import json, os, sys
from pathlib import Path
from torc_client.batch import systems
from torc_client.batch.schedulers import BatchScheduler
from torc_client.cli import main
from torc_client.testing.fake_batch_system import FakeBatchSystem
from torc_client.address import parse_address

fake = FakeBatchSystem(
    {1: BatchScheduler(1, 1, "fake", "some")}, title="Fake", refusal=os.environ.get("REFUSAL", ""),
    on_submit=lambda script: Path("submitted").write_text(str(script)),
)
systems.register("fake", fake.support)
main()
"""
SPEC = "name: other\njobs: [{name: one, command: touch done}, {name: two, command: 'true'}]\n"
RUNNER = '#!/bin/bash\nexec {programs}/torc-runner "$2" --url "$1" --output-dir "$3"\n'


def test_allocations_of_another_batch_system(place: Place, server: Server) -> None:
    place.environment["TORC_CLIENT__SLURM__RUNNER_PROGRAM"] = str(_runner(place))
    program = place.file("torc.py", TORC)
    workflow = place.torc("create", place.file("other.yaml", SPEC))["workflow_id"]
    scheduler = place.torc("local-schedulers", "create", workflow, "--name", "some")["id"]
    assert (workflow, scheduler) == (1, 1)
    asyncio.run(_add_action(server, workflow, scheduler))
    python = PROGRAMS / "python"
    refused = place.run(python, program, "submit", workflow, environment={"REFUSAL": "closed"}, status=1)
    assert "Fake did not accept the request of some for 2 allocations: closed." in refused.stderr
    assert place.torc("scheduled-compute-nodes", "list", workflow)["items"] == []
    submitted = place.run(python, program, "-f", "json", "submit", workflow)
    assert json.loads(submitted.stdout)["allocation_ids"] == ["100_1", "100_2"]
    assert "Submitted Fake job name=wf1_" in submitted.stderr
    found = place.torc("scheduled-compute-nodes", "list", workflow)["items"]
    assert [(each["scheduler_type"], each["scheduler_id"], each["status"]) for each in found] == [
        ("fake", 100, "pending"), ("fake", 100, "pending"),
    ]  # fmt: skip
    place.run("bash", (place.directory / "submitted").read_text())
    assert place.torc("workflows", "is-complete", workflow)["is_complete"] is True
    assert (place.directory / "done").exists()


def _runner(place: Place) -> Path:
    runner = place.file("runner", RUNNER.format(programs=PROGRAMS))
    runner.chmod(0o755)
    return runner


async def _add_action(server: Server, workflow: int, scheduler: int) -> None:
    """Add the action by the API: specs have no field for other batch systems yet."""
    config = {"scheduler_type": "fake", "scheduler_id": scheduler, "num_allocations": 2}
    action = WorkflowActionModel(
        workflow_id=workflow, trigger_type="on_workflow_start", action_type="schedule_nodes", action_config=config
    )
    async with TorcClient(server.url) as client:
        await client.workflow_actions.create_workflow_action(workflow, action)
