"""At a terminal, `torc recover` asks which allocations to request, before it changes anything."""

from collections.abc import Iterator

import pytest

from support.local_allocations import Allocations, Scene, local_allocations, ran_once, run
from support.processes import Place, Server
from torc_client.cli.commands.recovery_questions import AskingRenewal, CanceledByUserError
from torc_client.cli.framework.output import ask
from torc_client.recovery.recover import RecoveryPlan

SPEC = """
name: asked
slurm_schedulers: [{name: old, account: research, nodes: 1, walltime: "00:10:00", mem: 777m}]
resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT5M}]
jobs:
  - {name: hog, command: "exit 137", resource_requirements: small, scheduler: old}
actions:
  - {trigger_type: on_jobs_ready, action_type: schedule_nodes, jobs: [hog], scheduler: old, scheduler_type: slurm,
     num_allocations: 5}
"""


@pytest.fixture
def allocations(place: Place, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Allocations]:
    with local_allocations(place, monkeypatch) as made:
        made.lost = 9
        yield made


async def recovered(scene: Scene, monkeypatch: pytest.MonkeyPatch, *lines: str) -> RecoveryPlan:
    """Recover with these answers."""
    answers = iter(lines)
    monkeypatch.setattr(ask, "line", lambda _prompt: next(answers, None))
    asking = AskingRenewal(scene.renewal, scene.said.append, lambda facts: [f"{facts.total_allocations} planned"])
    return await scene.recover(renewal=asking)


def requested(scene: Scene) -> list[tuple[int, str]]:
    return [(each.count, each.options["mem"]) for each in scene.allocations.system.made]


def test_the_new_plan_is_requested(server: Server, allocations: Allocations, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        plan = await recovered(scene, monkeypatch, "", "what", "r")
        assert scene.said[0] == "1 planned"
        assert plan.renewed is not None
        assert plan.renewed.allocations_submitted == 1
        assert requested(scene) == [(1, "406m")]

    run(server, allocations, act, SPEC)


def test_an_existing_scheduler_is_used(
    server: Server, allocations: Allocations, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        plan = await recovered(scene, monkeypatch, "99 1", "1 0", "1 2")
        assert [line for line in scene.said if "99" in line or "is not a number" in line] == [
            "The workflow has no scheduler 99.", "0 is not a number of allocations from 1 to 1000.",
        ]  # fmt: skip
        assert plan.renewed is not None
        assert (plan.renewed.allocations_submitted, plan.renewed.schedulers_created) == (2, [])
        assert requested(scene) == [(2, "777m")]
        # No runner of these allocations requests those of the action.
        assert await scene.client.workflow_actions.get_pending_actions(scene.workflow_id) == []

    run(server, allocations, act, SPEC)


def test_jobs_become_ready_without_allocations(
    server: Server, allocations: Allocations, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        plan = await recovered(scene, monkeypatch, "n")
        assert plan.renewed is not None
        assert (plan.renewed.submitted, plan.renewed.pending_jobs) == (False, 1)
        assert requested(scene) == []
        assert await scene.statuses() == {"hog": "ready"}
        assert len(await scene.client.workflow_actions.get_pending_actions(scene.workflow_id)) == 1

    run(server, allocations, act, SPEC)


@pytest.mark.parametrize("lines", [("c",), ()])
def test_a_canceled_recovery_changes_nothing(
    server: Server, allocations: Allocations, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...]
) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        with pytest.raises(CanceledByUserError):
            await recovered(scene, monkeypatch, *lines)
        assert await scene.statuses() == {"hog": "failed"}
        assert requested(scene) == []

    run(server, allocations, act, SPEC)
