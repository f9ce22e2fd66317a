"""The cause of a failure follows from the result."""

from dataclasses import replace

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import ExecutionConfig, WorkflowModel
from torc_client.edge.lacked_resources import KillCodes
from torc_client.recovery.diagnosis import Cause, codes_of, diagnose
from torc_client.recovery.outcomes import JobOutcome

MIB = 2**20


@pytest.mark.parametrize(
    ("code", "members", "cause"),
    [
        (1, {"peak_memory_bytes": 101 * MIB}, Cause.OUT_OF_MEMORY),
        (1, {"peak_memory_bytes": 100 * MIB}, Cause.UNKNOWN),
        (137, {"minutes": 7.9}, Cause.OUT_OF_MEMORY),
        (-9, {"minutes": 1}, Cause.OUT_OF_MEMORY),
        (137, {"minutes": 8.5}, Cause.UNKNOWN),
        (137, {"minutes": 9.5}, Cause.TIMEOUT),
        (137, {"minutes": 9.5, "peak_memory_bytes": 200 * MIB}, Cause.OUT_OF_MEMORY),
        (152, {"minutes": 2, "status": JobStatus.TERMINATED}, Cause.TIMEOUT),
        (1, {"minutes": 9.5}, Cause.TIMEOUT),
        (-15, {"status": JobStatus.TERMINATED}, Cause.STOPPED),
        (-9, {"status": JobStatus.TERMINATED}, Cause.STOPPED),
        (-128, {}, Cause.NODE_FAILURE),
        (3, {}, Cause.UNKNOWN),
        (3, {"status": JobStatus.PENDING_FAILED}, Cause.UNKNOWN),
    ],
)
def test_the_cause_follows_from_the_result(ended, code, members, cause):
    (finding,) = diagnose([ended(code, **members)])
    assert finding.cause is cause
    assert finding.reason


def test_return_code_1_also_means_missing_output_files(ended):
    (failed, missing) = diagnose([ended(3), ended(1)])
    assert failed.reason == "its command returned 3"
    assert missing.reason == "its command returned 1, or its output files are missing"


def test_a_job_without_output_files_cannot_lack_them(ended):
    (failed,) = diagnose([replace(ended(1), may_lack_outputs=False)])
    assert failed.reason == "its command returned 1"


def test_a_job_without_a_result_was_stopped(ended):
    (finding,) = diagnose([JobOutcome(1, "job1", JobStatus.TERMINATED, ended.SMALL)])
    assert finding.cause is Cause.STOPPED


def test_the_default_requirements_are_not_a_limit(ended):
    (used_more, killed, killed_at) = diagnose(
        [
            ended(1, minutes=30, needs=ended.DEFAULT, peak_memory_bytes=500 * MIB),
            ended(137, needs=ended.DEFAULT),
            ended(137, needs=ended.DEFAULT, peak_memory_bytes=500 * MIB),
        ]
    )
    assert used_more.cause is Cause.UNKNOWN
    assert killed.cause is Cause.UNKNOWN
    assert killed_at.cause is Cause.OUT_OF_MEMORY


def test_a_workflow_may_have_codes_of_its_own(ended):
    workflow = WorkflowModel(name="w", user="ada", execution_config=ExecutionConfig(oom_exit_code=77))
    assert codes_of(workflow) == KillCodes(77, 152)
    assert codes_of(WorkflowModel(name="w", user="ada")) == KillCodes(137, 152)
    (finding,) = diagnose([ended(77)], codes_of(workflow))
    assert finding.cause is Cause.OUT_OF_MEMORY
