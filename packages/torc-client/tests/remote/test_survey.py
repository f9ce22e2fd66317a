"""The state of a worker, from what its host and the server report."""

import pytest

from torc_client.api.records import ComputeNodeModel
from torc_client.remote.address import parse_worker
from torc_client.remote.agent.condition import Condition, WorkerFacts
from torc_client.remote.agent.protocol import AgentError
from torc_client.remote.closing import nodes_of_gone
from torc_client.remote.nodes import ServerView
from torc_client.remote.ssh import HostOutcome
from torc_client.remote.ssh_problems import RemoteError, SshProblem
from torc_client.remote.survey import judged, lines_of

WORKER = parse_worker("ada@n1")


def node_of(worker: str, hostname: str) -> ComputeNodeModel:
    return ComputeNodeModel(
        workflow_id=7, hostname=hostname, pid=1, num_cpus=1, memory_gb=1, num_gpus=0, num_nodes=1,
        start_time="2026-01-01T00:00:00Z", compute_node_type="local", scheduler={"remote_worker": worker},
    )  # fmt: skip


@pytest.fixture
def view():
    """A server with the node 5 of the worker, and its two jobs."""
    node, other = node_of(WORKER.text, "n1"), node_of("eve@n2", "n2")
    return ServerView({5: node, 6: other}, {5: 2, 6: 1})


EMPTY = ServerView({}, {})


def of(view, condition, **members):
    facts = WorkerFacts(condition=condition, pid=17, compute_node_id=5, host="n1", **members)
    return judged(HostOutcome(WORKER, facts), view)


def test_a_worker_runs_if_its_host_and_the_server_have_it(view):
    found = of(view, Condition.RUNNING, heard_seconds=1.5)
    assert (found.state, found.is_running, found.pid, found.compute_node_id) == ("running", True, 17, 5)
    assert (found.jobs_running, found.heard_seconds) == (2, 1.5)


def test_a_host_that_names_the_node_of_another_worker_is_not_believed(view):
    running = WorkerFacts(condition=Condition.RUNNING, pid=17, compute_node_id=6, host="n2")
    assert not judged(HostOutcome(WORKER, running), view).is_running
    died = WorkerFacts(condition=Condition.DIED, pid=17, compute_node_id=6, host="n2")
    assert nodes_of_gone(view, WORKER.text, died) == []
    assert nodes_of_gone(view, "eve@n2", died) == [6]


def test_a_worker_that_the_server_has_closed_does_not_count_as_running(view):
    found = judged(HostOutcome(WORKER, WorkerFacts(condition=Condition.RUNNING, pid=17, compute_node_id=4)), view)
    assert (found.state, found.is_running) == ("not on the server", False)
    assert "the server has closed compute node 4" in found.detail


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"exit_code": 1, "lines": ["Error: refused."]}, "exit code 1: Error: refused"),
        ({"was_restarted": True}, "its host was restarted"),
        ({}, "it was killed"),
    ],
)
def test_a_worker_that_died_is_explained(view, members, detail):
    alone = of(EMPTY, Condition.DIED, **members)
    assert (alone.state, alone.detail, alone.hint, alone.pid) == ("died", detail, "", None)
    known = of(view, Condition.DIED, **members)
    there = "the server has its compute node 5 with 2 running jobs until the lease expires"
    assert known.detail == f"{detail}; {there}"
    assert "torc remote stop" in known.hint
    assert lines_of(known) == [f"  {WORKER}: {known.hint}", *(f"    | {line}" for line in members.get("lines", []))]


@pytest.mark.parametrize(
    ("condition", "members", "state", "detail"),
    [
        (Condition.NONE, {}, "not running", ""),
        (Condition.ENDED, {"exit_code": 0}, "not running", "Every job succeeded"),
        (Condition.STARTING, {}, "starting", "the server has not accepted it yet"),
        (Condition.RUNNING, {"is_stopping": True}, "stopping", ""),
    ],
)
def test_other_conditions(condition, members, state, detail):
    found = of(EMPTY, condition, **members)
    assert (found.state, found.detail, found.is_running) == (state, detail, False)


def test_of_a_host_that_cannot_be_reached_the_server_is_shown(view):
    error = RemoteError(SshProblem.REFUSED, f"{WORKER}: the connection was refused.", "Check sshd.")
    found = judged(HostOutcome(WORKER, None, error), view)
    assert (found.state, found.hint, found.compute_node_id, found.jobs_running) == ("unreachable", "Check sshd.", 5, 2)
    assert found.detail == "the connection was refused; the server has its compute node 5 with 2 running jobs"
    assert judged(HostOutcome(WORKER, None, AgentError("torc is not there")), EMPTY).state == "unknown"


def test_nodes_of_other_machines_that_had_the_address_are_not_closed(view):
    gone = WorkerFacts(condition=Condition.DIED, compute_node_id=3, host="n1")
    assert nodes_of_gone(view, WORKER.text, gone) == [5]
    assert nodes_of_gone(view, WORKER.text, WorkerFacts(condition=Condition.DIED, compute_node_id=3, host="old")) == []
