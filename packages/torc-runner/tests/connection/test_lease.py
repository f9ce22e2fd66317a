"""The lease of a node, with a clock that the tests move."""

from torc_runner.connection.lease import Lease


def test_an_answer_renews_the_lease_from_the_time_of_the_request():
    lease = Lease(60, 1000)
    lease.heard(1030)
    assert not lease.is_over(1030 + 50)
    assert lease.is_over(1030 + 59)


def test_an_answer_to_an_older_request_does_not_shorten_the_lease():
    lease = Lease(60, 1000)
    lease.heard(1030)
    lease.heard(1010)
    assert lease.heard_at == 1030
    assert not lease.is_over(1080)


def test_a_heartbeat_is_due_well_before_the_end():
    lease = Lease(60, 1000)
    assert lease.heartbeat_due_at == 1020
    assert lease.heartbeat_due_at + lease.check_seconds + lease.heartbeat_timeout_seconds < lease.good_until


def test_jobs_end_before_the_server_releases_them():
    lease = Lease(60, 1000)
    assert lease.good_until < 1060


def test_unanswered_heartbeats_extend_the_lease():
    lease = Lease(60, 1000)
    for now in range(1020, 5000, 20):
        assert not lease.is_over(now)
        lease.unanswered(now)


def test_a_runner_that_sent_no_heartbeat_loses_the_lease():
    lease = Lease(60, 1000)
    lease.unanswered(1040)
    assert lease.is_over(1040 + 31)


def test_unanswered_heartbeats_do_not_extend_a_strict_lease():
    lease = Lease(60, 1000, is_strict=True)
    lease.unanswered(1050)
    assert lease.is_over(1055)
