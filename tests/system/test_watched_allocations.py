"""Workflows that run in allocations are recovered and watched: with a batch system whose allocations run here."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.local_allocations import NODES, Allocations, Scene, local_allocations, ran_once, run
from support.processes import Place, Server
from torc_client.batch.profile import ClusterDescription, Partition, Profile
from torc_client.errors import TorcError
from torc_client.recovery.auto_schedule import AutoScheduleOptions
from torc_client.recovery.recover import NotRecoverableError
from torc_client.recovery.renewal import NotRequestedError
from torc_client.recovery.watching import WatchEnding

SPEC = """
name: kept
slurm_schedulers: [{name: old, account: research, nodes: 1, walltime: "00:10:00"}]
resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT5M}]
jobs:
  - {name: fine, command: "true", resource_requirements: small, scheduler: old}
  - {name: hog, command: "test -e mended || exit 137", resource_requirements: small, scheduler: old}
  - {name: after, command: "true", depends_on: [hog], resource_requirements: small,
     cancel_on_blocking_job_failure: true, scheduler: old}
"""


@pytest.fixture
def allocations(place: Place, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Allocations]:
    with local_allocations(place, monkeypatch) as made:
        yield made


def test_a_recovery_requests_allocations_for_what_jobs_need_now(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        preview = (await scene.recover(dry_run=True)).preview
        assert preview is not None
        (planned,) = preview.planned_schedulers
        assert (planned.job_names, preview.pending_jobs) == (["hog", "after"], 2)
        assert allocations.system.made == []
        assert (await scene.statuses())["hog"] == "failed"
        plan = await scene.recover()
        # 150 MB for each of two jobs (one at a time each), and the runner's own.
        assert planned.mem == allocations.system.made[0].options["mem"]
        assert plan.renewed is not None
        assert (plan.renewed.allocations_submitted, plan.renewed.submitted) == (1, True)
        assert (await scene.statuses())["hog"] == "ready"
        assert any("Submitted Fake job name=" in line for line in scene.said)
        events = (await scene.client.events.list_events(workflow_id=scene.workflow_id, category="recovery")).items
        assert [each.data["oom_fixed"] for each in events] == [1]

    allocations.lost = 1
    run(server, allocations, act, SPEC)


def test_a_watch_recovers_jobs_in_new_allocations(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        scene.place.file("mended", "")
        result = await scene.watch(recovers=True, replaces=True)
        assert (result.ending, result.recoveries) == (WatchEnding.SUCCEEDED, 1)
        wanted = [
            "Attempting automatic recovery", "Applied fixes: 1 OOM, 0 timeout",
            "Recovery initiated. Resuming monitoring",
        ]  # fmt: skip
        found = [sentence for sentence in scene.said if any(each in sentence for each in wanted)]
        assert [sentence.startswith(each) for sentence, each in zip(found, wanted, strict=True)] == [True] * 3
        # The attempt that was retried keeps its result.
        jobs = {job.name: job.id for job in (await scene.client.jobs.list_jobs(workflow_id=scene.workflow_id)).items}
        results = await scene.client.results.list_results(
            workflow_id=scene.workflow_id, job_id=jobs["hog"], all_runs=True
        )
        assert [each.return_code for each in results.items] == [137, 0]

    run(server, allocations, act, SPEC)


def test_a_watch_replaces_allocations_that_died(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.file("mended", "")
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        await scene.renewal.renew(scene.client, scene.workflow_id)
        allocations.end()
        result = await scene.watch(replaces=True)
        assert result.ending is WatchEnding.SUCCEEDED
        assert len(allocations.system.made) == 2
        assert (await scene.allocation_statuses())[0] == "failed"
        assert any("NODE_FAIL" in sentence for sentence in scene.said)

    allocations.lost = 1
    run(server, allocations, act, SPEC)


def test_a_recovery_continues_a_workflow_whose_allocations_died(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        await scene.renewal.renew(scene.client, scene.workflow_id)
        with pytest.raises(NotRecoverableError):
            await scene.recover()
        allocations.end()
        plan = await scene.recover()
        assert (plan.stranded_jobs, plan.summary.jobs_to_retry) == (2, [])
        assert plan.renewed is not None
        assert plan.renewed.allocations_submitted == 1
        # No job was reset: the run is the same.
        assert (await scene.client.workflows.get_workflow_status(scene.workflow_id)).run_id == 1

    allocations.lost = 2
    run(server, allocations, act, SPEC)


def test_a_watch_gives_up_if_allocations_run_nothing(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        allocations.system.on_submit = lambda _script: allocations.end_soon()
        result = await scene.watch(replaces=True)
        assert result.ending is WatchEnding.STALLED
        assert "no job has ended in them" in result.message
        assert len(allocations.system.made) == 3

    run(server, allocations, act, SPEC)


def test_a_watch_ends_if_no_allocation_is_left(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        result = await scene.watch()
        assert result.ending is WatchEnding.STALLED
        assert f"torc slurm regenerate {scene.workflow_id} --submit" in result.message
        assert allocations.system.made == []

    run(server, allocations, act, SPEC)


def test_a_watch_ends_with_a_canceled_workflow(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        scene.place.run("torc", "workflows", "cancel", str(scene.workflow_id), "--no-prompts")
        assert (await scene.watch(recovers=True, replaces=True)).ending is WatchEnding.CANCELED
        assert allocations.system.made == []

    run(server, allocations, act, SPEC)


def test_queued_allocations_do_not_delay_a_recovery(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        await scene.renewal.renew(scene.client, scene.workflow_id)
        ran_once(scene.place, scene.workflow_id)
        scene.place.file("mended", "")
        result = await scene.watch(recovers=True)
        assert result.ending is WatchEnding.SUCCEEDED
        assert (await scene.allocation_statuses())[0] == "canceled"
        assert len(allocations.system.canceled) == 1

    allocations.lost = 1
    run(server, allocations, act, SPEC)


def test_a_recovery_that_no_partition_has_nodes_for_changes_nothing(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        small = ClusterDescription(partitions=[NODES])
        small.partitions = [Partition(name="tiny", cpus_per_node=1, memory_mb=100, max_walltime_secs=3600)]
        scene.renewal = replace(scene.renewal, find_profile=lambda: Profile("tiny", "test", small, None))
        with pytest.raises(TorcError, match="No pending job can run on tiny"):
            await scene.recover()
        assert (await scene.statuses())["hog"] == "failed"

    run(server, allocations, act, SPEC)


def test_a_refused_request_leaves_the_jobs_ready_and_the_action_open(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        ran_once(scene.place, scene.workflow_id)
        allocations.system.refusal = "Invalid account"
        with pytest.raises(NotRequestedError, match="Invalid account") as refused:
            await scene.recover()
        assert f"torc submit {scene.workflow_id}" in str(refused.value.hint)
        assert (await scene.statuses())["hog"] == "ready"
        assert await scene.allocation_statuses() == []
        assert len(await scene.client.workflow_actions.get_pending_actions(scene.workflow_id)) == 1

    run(server, allocations, act, SPEC)


RETRIED = """
name: spawned
slurm_schedulers: [{name: old, account: research, nodes: 1, walltime: "00:10:00"}]
resource_requirements:
  - {name: small, num_cpus: 1, memory: 100m, runtime: PT5M}
jobs:
  - {name: "job_{i}", command: "test -e mended", parameters: {i: "1:3"}, resource_requirements: small, scheduler: old}
"""


def test_unplanned_jobs_get_allocations_while_others_exist(server: Server, allocations: Allocations) -> None:
    async def act(scene: Scene) -> None:
        scene.place.run("torc", "workflows", "initialize", str(scene.workflow_id))
        await scene.renewal.renew(scene.client, scene.workflow_id)
        ran_once(scene.place, scene.workflow_id)
        for job in (await scene.client.jobs.list_jobs(workflow_id=scene.workflow_id)).items[:2]:
            assert job.id is not None
            await scene.client.jobs.retry_job(job.id, 1, max_retries=9)
        scene.place.file("mended", "")
        auto = AutoScheduleOptions(threshold=2, cooldown_seconds=0)
        result = await scene.watch(auto_schedule=auto)
        assert result.ending is WatchEnding.FAILED  # the job that was not retried
        first, second = scene.options_of_requests()
        assert (first[0], second[0]) == (1, 1)
        # The action of the first plan was not touched.
        actions = await scene.client.workflow_actions.get_workflow_actions(scene.workflow_id)
        assert [len(each.job_ids or ()) for each in actions] == [3, 2]

    allocations.lost = 1
    run(server, allocations, act, RETRIED)
