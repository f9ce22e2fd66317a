"""How long a node may be silent, as seconds of a clock that these tests move."""

from torc_runner.connection.lease import Lease


def test_contact_renews_the_lease_from_when_it_was_made():
    lease = Lease(60, 1000)
    lease.heard(1030)
    assert not lease.is_over(1030 + 50)
    assert lease.is_over(1030 + 59)


def test_an_older_contact_takes_nothing_back():
    lease = Lease(60, 1000)
    lease.heard(1030)
    lease.heard(1010)
    assert lease.heard_at == 1030
    assert not lease.is_over(1080)


def test_a_sign_of_life_is_due_well_before_the_end():
    lease = Lease(60, 1000)
    assert lease.beat_due_at == 1020
    assert lease.beat_due_at + lease.look_seconds + lease.beat_seconds < lease.good_until


def test_jobs_end_before_the_service_gives_them_to_others():
    lease = Lease(60, 1000)
    assert lease.good_until < 1060


def test_a_runner_that_asks_in_vain_goes_on():
    lease = Lease(60, 1000)
    for now in range(1020, 5000, 20):
        assert not lease.is_over(now)
        lease.unanswered(now)


def test_a_runner_that_did_not_ask_has_lost():
    lease = Lease(60, 1000)
    lease.unanswered(1040)
    assert lease.is_over(1040 + 31)


def test_a_strict_one_does_not_go_on():
    lease = Lease(60, 1000, is_strict=True)
    lease.unanswered(1050)
    assert lease.is_over(1055)
