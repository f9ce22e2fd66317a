"""What is said about a workflow: failures, pace, nodes."""

from datetime import UTC, datetime

import pytest

from torc_client.api.enums import FailureKind, JobStatus
from torc_client.api.records import (
    ComputeNodeModel,
    FailedJobExample,
    FailureClusterModel,
    FailuresResponse,
    NodeLoadModel,
    ThroughputResponse,
)
from torc_client.overview.node_texts import heard_text, share_text
from torc_client.overview.sentences import (
    ending_sentences,
    failure_sentence,
    other_failures,
    pace_sentence,
    selection_of,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def cluster(**changes) -> FailureClusterModel:
    given = {
        "examples": [FailedJobExample(job_id=7, job_name="sim_7")],
        "group": "sim_#",
        "kind": FailureKind.EXIT_CODE,
        "num_jobs": 5,
        "return_code": 1,
        "status": JobStatus.FAILED,
    }
    return FailureClusterModel(**(given | changes))


def node(**changes) -> ComputeNodeModel:
    given = {
        "workflow_id": 1, "compute_node_type": "local", "hostname": "n1", "num_cpus": 36, "memory_gb": 96.0,
        "num_gpus": 0, "num_nodes": 1, "pid": 1, "start_time": "2026-03-01T11:00:00Z",
    }  # fmt: skip
    return ComputeNodeModel(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "5 jobs of sim_# failed with exit code 1"),
        ({"num_jobs": 1}, "sim_7 failed with exit code 1"),
        ({"kind": FailureKind.OUT_OF_MEMORY, "return_code": 137}, "5 jobs of sim_# ran out of memory (exit code 137)"),
        ({"return_code": None}, "5 jobs of sim_# failed without a result"),
        (
            {"status": JobStatus.PENDING_FAILED},
            "5 jobs of sim_# failed with exit code 1, and wait for a decision",
        ),
        ({"group": "a\x1b[2J#"}, "5 jobs of a\\u001b[2J# failed with exit code 1"),
    ],
)
def test_a_failure_is_said_in_one_sentence(changes, sentence):
    assert failure_sentence(cluster(**changes)) == sentence


def test_the_selection_of_a_cluster_quotes_its_group():
    assert selection_of(cluster(group='a "b" #')) == 'group="a ""b"" #" status=failed return_code=1'


def test_failures_beyond_the_shown_clusters_are_counted():
    found = FailuresResponse(clusters=[cluster()], clusters_left_off=3, total_jobs=12)
    assert other_failures(found) == "7 jobs failed in other ways"
    assert other_failures(FailuresResponse(clusters=[cluster()], clusters_left_off=0, total_jobs=5)) == ""


@pytest.mark.parametrize(
    ("rate", "left", "seconds", "sentence"),
    [
        (96.4, 100, 63.0, "96 jobs end per minute; about 1 min left"),
        (0.05, 3, None, "3 jobs end per hour; 3 are left"),
        (96.4, 0, None, ""),
        (None, 5, None, ""),
    ],
)
def test_the_pace(rate, left, seconds, sentence):
    found = ThroughputResponse(bin_seconds=1, ended=[1], ended_per_minute=rate, jobs_left=left, seconds_left=seconds)
    assert pace_sentence(found) == sentence


def test_only_nodes_that_end_within_an_hour_are_named():
    soon = node(end_time="2026-03-01T12:38:00Z", scheduler={"slurm_job_id": 4512})
    later, ended = node(end_time="2026-03-01T14:00:00Z"), node(end_time="2026-03-01T11:59:00Z")
    assert ending_sentences([soon, later, ended], NOW) == ["Allocation 4512 on n1 ends in 38 min"]


def test_a_silent_node_is_marked_with_the_end_of_its_lease():
    load = NodeLoadModel(compute_node_id=1, memory_gb=3.0, num_cpus=12, num_gpus=0, num_jobs=3, silent_seconds=40.0)
    assert heard_text(node(lease_seconds=60.0), load) == "40 s ago, lost after 1 min"
    assert heard_text(node(lease_seconds=600.0), load) == "40 s ago"
    assert heard_text(node(), None) == "not since the server started"
    assert share_text(load.num_cpus, 36) == "12 of 36"
