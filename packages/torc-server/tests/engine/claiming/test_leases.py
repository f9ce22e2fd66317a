"""Leases of nodes: when they end, the effect on jobs, and the signals."""

import json

import pytest

from server_builders import World
from torc_server.engine.claiming import leases
from torc_server.engine.errors import NotFound, RuleBroken, Stale
from torc_server.engine.lifecycle import cancel
from torc_server.engine.signals import Announcement, JobsBecameReady, LeaseChanged, NodeHeard, Severity


@pytest.fixture
def leased(world):
    """Four jobs: one runs on a leased node, one is pending there, one runs on another node, one is ready."""
    for name in ("runs", "pending", "elsewhere", "waits"):
        world.job(name)
    world.leased_id = world.node(lease_seconds=30)
    world.initialize()
    assert world.claim(2, node_id=world.leased_id) == ["runs", "pending"]
    world.start("runs", node_id=world.leased_id)
    assert world.claim(1) == ["elsewhere"]
    world.start("elsewhere")
    world.told()
    return world


def give_up(world, node_id=None):
    jobs = leases.give_up(world.tx, node_id or world.leased_id, now=world.clock.now)
    world.check()
    return jobs


def events_of(world):
    rows = world.connection.execute("SELECT timestamp, data FROM event ORDER BY id").fetchall()
    return [(row["timestamp"], json.loads(row["data"])) for row in rows]


def test_the_jobs_of_a_node_whose_lease_ended_become_ready(leased):
    assert give_up(leased) == 2
    assert leased.statuses() == {"runs": "ready", "pending": "ready", "elsewhere": "running", "waits": "ready"}
    assert [leased.column(name, "attempt_id") for name in leased.ids] == [2, 2, 1, 1]
    for column in ("active_compute_node_id", "claimed_by_node_id", "compute_node_id", "start_time"):
        assert leased.column("runs", column) is None
        assert leased.column("pending", column) is None
    node = leased.connection.execute("SELECT is_active FROM compute_node WHERE id = ?", (leased.leased_id,)).fetchone()
    assert node["is_active"] == 0
    signals = list(leased.tx.signals)
    assert leased.told() == [LeaseChanged(leased.leased_id, None), JobsBecameReady(leased.workflow_id)]
    (news,) = [signal for signal in signals if isinstance(signal, Announcement)]
    ((timestamp, event),) = events_of(leased)
    assert (news.event_type, news.severity, news.data) == ("compute_node_lost", Severity.WARNING, event)
    assert timestamp == int(leased.clock.now.timestamp() * 1000)
    assert event == {
        "category": "compute_node_lost",
        "compute_node_id": leased.leased_id,
        "hostname": "host",
        "lease_seconds": 30.0,
        "job_count": 2,
        "jobs": [
            {"job_id": leased.ids[name], "job_name": name, "previous_attempt": 1, "new_attempt": 2}
            for name in ("runs", "pending")
        ],
        "message": (
            f"The lease of compute node {leased.leased_id} on host expired after 30 seconds; "
            "2 of its jobs are ready again, up to attempt 2"
        ),
    }


def test_ending_a_lease_again_changes_nothing(leased):
    give_up(leased)
    leased.told()
    assert give_up(leased) is None
    assert give_up(leased, 999) is None
    assert give_up(leased, leased.node_id) is None
    assert leased.status("elsewhere") == "running"
    assert leased.told() == []
    assert len(events_of(leased)) == 1


def test_late_calls_of_a_node_whose_lease_ended_are_stale(leased):
    give_up(leased)
    for name in ("runs", "pending"):
        with pytest.raises(Stale, match=f"Attempt 1 of job '{name}' is no longer current; the current one is 2"):
            leased.complete(name, attempt_id=1)
        with pytest.raises(Stale, match="its lease has expired"):
            leased.start(name, node_id=leased.leased_id)
    with pytest.raises(Stale, match="register a new compute node"):
        leased.claim(node_id=leased.leased_id)
    with pytest.raises(Stale, match="register a new compute node"):
        leases.heartbeat(leased.tx, leased.leased_id)
    assert leased.told() == [LeaseChanged(leased.leased_id, None), JobsBecameReady(leased.workflow_id)]
    # Another node claims the jobs; late calls are still stale.
    other = leased.node(lease_seconds=30)
    assert leased.claim(2, node_id=other) == ["runs", "pending"]
    leased.start("runs", node_id=other)
    with pytest.raises(Stale, match="its lease has expired"):
        leased.start("pending", node_id=leased.leased_id)
    with pytest.raises(Stale):
        leased.complete("runs", attempt_id=1)
    leased.complete("runs", attempt_id=2)
    assert leased.status("runs") == "completed"


def test_only_the_node_that_claimed_a_job_starts_it(leased):
    with pytest.raises(Stale, match=f"claimed by compute node {leased.leased_id}, not {leased.node_id}"):
        leased.start("pending", node_id=leased.node_id)
    leased.start("pending", node_id=leased.leased_id)
    # Jobs of a claim without a node can be started by any node.
    assert leased.claim(1) == ["waits"]
    leased.start("waits", node_id=leased.leased_id)
    assert leased.column("waits", "claimed_by_node_id") is None


def test_a_repeated_claim_returns_no_job_that_another_node_claimed(world):
    world.job("a")
    world.initialize()
    first, second = world.node(lease_seconds=30), world.node(lease_seconds=30)
    assert world.claim(claim_key="k", node_id=first) == ["a"]
    assert world.claim(claim_key="k", node_id=first) == ["a"]
    give_up(world, first)
    assert world.claim(node_id=second) == ["a"]
    assert world.claim(claim_key="k", node_id=second) == ["a"]
    give_up(world, second)
    third = world.node()
    assert world.claim(node_id=third) == ["a"]
    assert world.claim(claim_key="k") == []


def test_jobs_that_ended_before_do_not_change(leased):
    leased.complete("runs")
    assert give_up(leased) == 1
    assert leased.statuses()["runs"] == "completed"
    assert leased.statuses()["pending"] == "ready"


def test_a_canceled_workflow_stays_canceled(leased):
    cancel.cancel_workflow(leased.tx, leased.workflow_id)
    leased.told()
    assert give_up(leased) == 0
    assert leased.statuses() == {
        "runs": "canceled",
        "pending": "canceled",
        "elsewhere": "canceled",
        "waits": "ready",
    }
    assert leased.told() == [LeaseChanged(leased.leased_id, None)]
    ((_, event),) = events_of(leased)
    assert (event["job_count"], event["jobs"]) == (0, [])
    assert event["message"].endswith("0 of its jobs are ready again")


def test_attempts_are_not_limited_and_the_event_has_their_number(world):
    world.job("kills")
    world.job("quiet")
    world.initialize()
    for attempt in range(1, 6):
        node_id = world.node(lease_seconds=5)
        world.claim(1 if attempt < 5 else 2, node_id=node_id)
        world.start("kills", node_id=node_id)
        give_up(world, node_id)
    (_, event) = events_of(world)[-1]
    assert [each["job_name"] for each in event["jobs"]] == ["kills", "quiet"]
    assert event["message"].endswith("up to attempt 6")


def test_the_event_lists_some_jobs_and_counts_all(world):
    count = leases.JOBS_NAMED + 5
    for number in range(count):
        world.job(f"job{number}")
    world.initialize()
    node_id = world.node(lease_seconds=5)
    world.claim(node_id=node_id)
    assert give_up(world, node_id) == count
    ((_, event),) = events_of(world)
    assert (event["job_count"], len(event["jobs"])) == (count, leases.JOBS_NAMED)


def test_jobs_that_a_stopped_node_did_not_start_become_ready(leased):
    leases.change_lease(leased.tx, leased.leased_id, 30, is_active=False)
    leased.check()
    assert leased.told() == [LeaseChanged(leased.leased_id, None), JobsBecameReady(leased.workflow_id)]
    assert leased.statuses()["runs"] == "running"
    assert (leased.statuses()["pending"], leased.column("pending", "attempt_id")) == ("ready", 2)


def test_heartbeats(leased):
    assert leases.heartbeat(leased.tx, leased.leased_id) == 30
    assert leases.heartbeat(leased.tx, leased.node_id) is None
    with pytest.raises(NotFound, match="no compute node 999"):
        leases.heartbeat(leased.tx, 999)
    leased.start("pending", node_id=leased.leased_id)
    leased.complete("elsewhere")
    leased.complete("elsewhere")
    leased.claim(0, node_id=leased.leased_id)
    heard = [signal.node_id for signal in leased.tx.signals if isinstance(signal, NodeHeard)]
    assert heard == [leased.leased_id, leased.node_id, leased.leased_id, *[leased.node_id] * 2, leased.leased_id]


def test_claims_by_nodes_that_the_workflow_does_not_have(leased):
    other = World(leased.connection, leased.clock)
    for node_id in (999, other.node_id):
        with pytest.raises(RuleBroken, match=f"has no compute node {node_id}") as refused:
            leased.claim(node_id=node_id)
        assert (refused.value.field, refused.value.value) == ("compute_node_id", node_id)


@pytest.mark.parametrize("seconds", [0.99, 0, -5])
def test_leases_that_are_too_short(seconds):
    with pytest.raises(RuleBroken, match="at least 1"):
        leases.require_lease(seconds)
    leases.require_lease(1)
    leases.require_lease(None)


def test_nodes_with_a_lease(leased):
    assert leases.leases(leased.tx) == {leased.leased_id: 30}
    give_up(leased)
    assert leases.leases(leased.tx) == {}
