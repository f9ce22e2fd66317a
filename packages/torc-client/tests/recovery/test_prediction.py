"""A workflow after a restart of some jobs, as plans before the restart need it."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import RequirementsCorrection, ResourceRequirementsModel, WorkflowActionModel
from torc_client.batch.regeneration import StoredWorkflow
from torc_client.recovery.prediction import after_restart

NEEDS = [
    ResourceRequirementsModel(id=1, workflow_id=7, name="default", memory="1m", runtime="PT1M", num_cpus=1),
    ResourceRequirementsModel(id=2, workflow_id=7, name="small", memory="100m", runtime="PT5M", num_cpus=1),
]


@pytest.fixture
def stored(make):
    """Two failed jobs, one that was canceled for both, one behind it, and jobs that completed or wait."""
    jobs = [
        make.job(1, status=JobStatus.FAILED, resource_requirements_id=2),
        make.job(2, status=JobStatus.FAILED, resource_requirements_id=1),
        make.job(3, status=JobStatus.CANCELED, depends_on_job_ids=[1, 2], resource_requirements_id=2),
        make.job(4, status=JobStatus.CANCELED, depends_on_job_ids=[3]),
        make.job(5, status=JobStatus.COMPLETED),
        make.job(6, status=JobStatus.READY),
    ]
    actions = [
        WorkflowActionModel(
            id=number, workflow_id=7, action_config={}, action_type="schedule_nodes", trigger_type="on_jobs_ready",
            is_recovery=is_recovery,
        )
        for number, is_recovery in ((1, False), (2, True))
    ]  # fmt: skip
    return StoredWorkflow(make.workflow(7), jobs, NEEDS, [], actions)


def test_jobs_begin_again_with_those_behind_them(stored):
    after = after_restart(stored, [1], [])
    assert {job.id: job.status for job in after.jobs} == {
        1: JobStatus.READY,
        2: JobStatus.FAILED,
        3: JobStatus.BLOCKED,
        4: JobStatus.BLOCKED,
        5: JobStatus.COMPLETED,
        6: JobStatus.READY,
    }
    assert [each.id for each in after.actions] == [1]


def test_requirements_are_corrected(stored):
    after = after_restart(stored, [1], [RequirementsCorrection(resource_requirements_id=2, memory="150m")])
    assert {each.id: (each.memory, each.runtime) for each in after.requirements} == {
        1: ("1m", "PT1M"),
        2: ("150m", "PT5M"),
    }


def test_some_jobs_get_a_corrected_copy(stored):
    copy = RequirementsCorrection(resource_requirements_id=1, memory="2m", job_ids=[2])
    after = after_restart(stored, [2], [copy])
    by_id = {each.id: each for each in after.requirements}
    needs = {job.id: by_id.get(job.resource_requirements_id) for job in after.jobs}
    assert needs[2] is not None
    assert (needs[2].memory, needs[2].runtime, needs[2].name) == ("2m", "PT1M", "corrected_2")
    assert by_id[1].memory == "1m"
    assert needs[1] is by_id[2]
