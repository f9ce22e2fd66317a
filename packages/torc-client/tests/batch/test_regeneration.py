"""New plans for stored workflows: which jobs they are for, when they are due, and what they replace."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from torc_client.api.enums import ExecutionMode, JobStatus
from torc_client.api.records import (
    ExecutionConfig,
    ResourceRequirementsModel,
    SlurmSchedulerModel,
    WorkflowActionModel,
    WorkflowModel,
)
from torc_client.batch.generation import CannotGenerateError
from torc_client.batch.planning import Options
from torc_client.batch.profile import ClusterDescription, Partition, Profile
from torc_client.batch.regeneration import Regenerated, Regeneration, StoredWorkflow, regenerate
from torc_client.batch.walltime import walltime_seconds

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STAMP = "regen_20260102_030405"
DEBUG = Partition(name="work", cpus_per_node=4, memory_mb=2000, max_walltime_secs=3600)
PROFILE = Profile("here", "test", ClusterDescription(partitions=[DEBUG]), None)
NEEDS = [
    ResourceRequirementsModel(id=1, workflow_id=7, name="default", memory="1m", runtime="PT1M", num_cpus=1),
    ResourceRequirementsModel(id=2, workflow_id=7, name="small", memory="500m", runtime="PT4M", num_cpus=2),
]
OLD = SlurmSchedulerModel(id=3, workflow_id=7, name="old", account="research", nodes=1, walltime="00:10:00")


def action(action_id: int, **members: Any) -> WorkflowActionModel:
    given = {"trigger_type": "on_jobs_ready", "action_type": "schedule_nodes", "action_config": {}, **members}
    return WorkflowActionModel(id=action_id, workflow_id=7, **given)


@pytest.fixture
def jobs(make):
    """A completed job, a running one, one that waits for both, one that waits for that, and a ready one."""
    small = {"resource_requirements_id": 2}
    return [
        make.job(1, status=JobStatus.COMPLETED, **small),
        make.job(2, status=JobStatus.RUNNING, **small),
        make.job(3, status=JobStatus.BLOCKED, depends_on_job_ids=[1, 2], **small),
        make.job(4, status=JobStatus.BLOCKED, depends_on_job_ids=[3], **small),
        make.job(5, status=JobStatus.READY, **small),
    ]


def plan(jobs: list[Any], how: Regeneration | None = None, **members: Any) -> Regenerated:
    workflow = WorkflowModel(id=7, name="sweep", user="ada", run_id=2, **members.pop("workflow", {}))
    stored = StoredWorkflow(
        workflow, jobs, NEEDS, members.pop("schedulers", [OLD]), members.pop("actions", []), **members
    )
    return regenerate(stored, PROFILE, how or Regeneration(), NOW)


def planned(made: Regenerated) -> list[tuple[str, list[int], list[int]]]:
    return [
        (each.record["name"], [job.id for job in each.jobs], [job.id for job in each.starting_jobs])
        for each in made.planned
    ]


def test_a_ready_job_does_not_wait_for_running_ones(jobs):
    made = plan(jobs)
    assert made.pending_jobs == 3
    # Job 5 can start now, so its allocation must not wait until the running job has ended.
    (first, *_) = planned(made)
    assert first == (f"work_{STAMP}", [5, 3, 4], [5])


def test_a_job_behind_a_running_one_is_deferred(jobs):
    (only,) = plan(jobs[:3]).planned
    assert (only.group.is_deferred, [job.id for job in only.starting_jobs]) == (True, [3])
    assert only.record["name"] == f"work_deferred_{STAMP}"


def test_the_walltime_has_time_for_the_start_and_the_end_of_an_allocation(jobs):
    (only,) = plan(jobs[4:]).planned
    # A run time of 4 minutes, half of it again, and 60 s each for the start and the headroom, and 30 s for the lead.
    assert walltime_seconds(only.record["walltime"]) >= 4 * 60 * 1.5 + 60 + 60 + 30
    config = ExecutionConfig(sigkill_headroom_seconds=600, sigterm_lead_seconds=30)
    (longer,) = plan(jobs[4:], workflow={"execution_config": config}).planned
    assert walltime_seconds(longer.record["walltime"]) >= 4 * 60 * 1.5 + 60 + 600 + 30


def test_the_scheduler_requests_what_its_jobs_need(jobs):
    (only,) = plan(jobs[4:]).planned
    assert only.record["account"] == "research"
    assert (only.record["mem"], only.record["extra"]) == ("756m", "--cpus-per-task=2")
    request = plan(jobs[4:], Regeneration(account="other")).request()
    assert (request.schedulers[0].account, request.known_run_id, request.is_recovery) == ("other", 2, True)


def test_allocations_that_ran_one_at_a_time_continue_so(jobs):
    chained = msgspec.structs.replace(OLD, serialize_allocations=True)
    bound = [msgspec.structs.replace(job, scheduler_id=3) for job in jobs]
    (scheduler,) = plan(bound, schedulers=[chained]).request().schedulers
    assert scheduler.serialize_allocations is True
    (scheduler,) = plan(bound, schedulers=[OLD]).request().schedulers
    assert scheduler.serialize_allocations is None


def test_without_an_account_nothing_is_planned(jobs):
    with pytest.raises(CannotGenerateError, match="account"):
        plan(jobs, schedulers=[])
    assert plan(jobs, schedulers=[], workflow={"slurm_defaults": {"account": "lab"}}).planned


def test_without_pending_jobs_nothing_is_replaced(jobs):
    made = plan(jobs[:2], actions=[action(1)])
    assert (made.planned, made.superseded, made.pending_jobs) == ((), (), 0)


def test_other_jobs_are_included_by_their_id(jobs):
    made = plan(jobs[:2], Regeneration(included_job_ids=frozenset({1})))
    assert planned(made) == [(f"work_{STAMP}", [1], [1])]


def test_open_actions_that_request_nodes_are_replaced(jobs):
    actions = [
        action(1),
        action(2, executed=True),
        action(3, action_type="run_commands"),
        action(4, is_recovery=True),
        action(5, persistent=True),
    ]
    made = plan(jobs, actions=actions)
    assert [each.id for each in made.superseded] == [1, 4]
    assert [warning for warning in made.warnings if "persistent" in warning]


def test_a_plan_for_some_jobs_leaves_what_is_planned_for_others(jobs):
    made = plan(jobs, Regeneration(only_job_ids=frozenset({5})), actions=[action(1)])
    assert planned(made) == [(f"work_{STAMP}", [5], [5])]
    assert made.superseded == ()


def test_a_walltime_is_that_of_all_allocations_and_holds_several_waves(make):
    many = [make.job(number, status=JobStatus.READY, resource_requirements_id=2) for number in range(1, 21)]
    (only,) = plan(many, Regeneration(walltime_seconds=30 * 60)).planned
    assert only.record["walltime"] == "00:30:00"
    # 27 of 30 minutes are for jobs: six waves of two jobs.
    assert only.group.allocations == 2
    made = plan(many, Regeneration(walltime_seconds=7200))
    assert made.warnings == ("walltime 02:00:00 is above 01:00:00, the maximum of partition work",)
    with pytest.raises(CannotGenerateError, match="No pending job can run"):
        plan(many, Regeneration(walltime_seconds=5 * 60))


def test_a_workflow_that_has_not_begun_gets_actions_that_its_initialization_keeps(make):
    new = [make.job(1, status=JobStatus.UNINITIALIZED), make.job(2, status=JobStatus.UNINITIALIZED)]
    assert not plan(new).is_recovery
    begun = [*new, make.job(3, status=JobStatus.COMPLETED)]
    made = plan(begun)
    assert made.is_recovery
    assert [warning for warning in made.warnings if "uninitialized" in warning]


def test_jobs_with_labels_and_jobs_that_fit_nowhere_are_named(make):
    labelled = make.job(1, status=JobStatus.READY, resource_requirements_id=2, labels=["gpu"])
    huge = ResourceRequirementsModel(id=9, workflow_id=7, name="huge", memory="9g", runtime="PT4M", num_cpus=2)
    fits = make.job(2, status=JobStatus.READY, resource_requirements_id=2)
    wide = make.job(3, status=JobStatus.READY, resource_requirements_id=9)
    workflow = WorkflowModel(id=7, name="sweep", user="ada", run_id=1)
    made = regenerate(
        StoredWorkflow(workflow, [labelled, fits, wide], [*NEEDS, huge], [OLD], []), PROFILE, Regeneration(), NOW
    )
    assert planned(made) == [(f"work_{STAMP}", [2], [2])]
    assert "1 job (job1)" in made.warnings[0]
    assert made.warnings[1] == "1 job (job3): no partition has nodes for it (work: 2000 MB a node)"


def test_jobs_with_the_same_name_stay_apart(make):
    twins = [make.job(number, name="twin", status=JobStatus.READY, resource_requirements_id=2) for number in (1, 2)]
    assert planned(plan(twins)) == [(f"work_{STAMP}", [1, 2], [1, 2])]


def test_a_warning_names_the_new_scheduler(make):
    limited = Profile(
        "here", "test", ClusterDescription(partitions=[msgspec.structs.replace(DEBUG, max_nodes=2)]), None
    )
    many = [make.job(number, status=JobStatus.READY, resource_requirements_id=2) for number in range(1, 21)]
    workflow = WorkflowModel(id=7, name="sweep", user="ada", run_id=1)
    how = Regeneration(Options(max_allocations=1))
    made = regenerate(StoredWorkflow(workflow, many, NEEDS, [OLD], []), limited, how, NOW)
    assert made.warnings == (f"work_{STAMP} has 2 allocations: partition work allows 2 nodes for each",)


@pytest.mark.parametrize(("mode", "expected"), [(None, True), (ExecutionMode.SLURM, None)])
def test_nodes_of_one_allocation_have_a_runner_each_only_in_direct_mode(make, mode, expected):
    many = [make.job(number, status=JobStatus.READY, resource_requirements_id=2) for number in range(1, 9)]
    how = Regeneration(Options(max_allocations=1))
    config = {} if mode is None else {"execution_config": ExecutionConfig(mode=mode)}
    (scheduler,) = plan(many, how, workflow=config).request().schedulers
    assert (scheduler.nodes, scheduler.num_allocations) == (2, 1)
    assert scheduler.start_one_worker_per_node is expected


def test_options_of_the_user_are_kept_and_those_of_the_plan_are_new(make):
    chosen = msgspec.structs.replace(
        OLD, extra="--cpus-per-task=2 --constraint='big mem' -w n1 --reservation x", qos="high", tmp="10G"
    )
    job = make.job(1, status=JobStatus.READY, resource_requirements_id=2, scheduler_id=3)
    (scheduler,) = plan([job], schedulers=[chosen]).request().schedulers
    assert scheduler.extra == "--cpus-per-task=2 '--constraint=big mem' -w n1 --reservation x"
    assert (scheduler.qos, scheduler.tmp) == ("high", "10G")
    (moved,) = plan([job], schedulers=[msgspec.structs.replace(chosen, partition="other")]).request().schedulers
    assert (moved.qos, moved.tmp) == (None, "10G")


def test_options_that_differ_are_left_out_with_a_warning(make):
    schedulers = [
        msgspec.structs.replace(OLD, extra="-C big"),
        msgspec.structs.replace(OLD, id=4, name="other", extra="-C small"),
    ]
    jobs = [
        make.job(number, status=JobStatus.READY, resource_requirements_id=2, scheduler_id=number) for number in (3, 4)
    ]
    made = plan(jobs, schedulers=schedulers)
    assert made.request().schedulers[0].extra == "--cpus-per-task=4"
    assert made.warnings == (f"work_{STAMP} has none of the extra options of old, other, since these differ",)


def test_files_are_dependencies_before_the_jobs_are_initialized(make):
    new = {"status": JobStatus.UNINITIALIZED, "resource_requirements_id": 2}
    jobs = [make.job(1, output_file_ids=[5], **new), make.job(2, input_file_ids=[5], **new)]
    assert planned(plan(jobs)) == [(f"work_{STAMP}", [1, 2], [1])]
