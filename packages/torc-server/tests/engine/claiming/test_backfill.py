"""Which jobs may run before a waiting job: pure decisions, without a database."""

import pytest

from torc_server.engine.claiming.backfill import Backfill, ExpectedStart, Held, expected_start

NOW = 1_000_000
GB = 2**30


def held(cpus: int, *, for_seconds: int, gpus: int = 0) -> Held:
    return Held(NOW + for_seconds * 1000, (cpus, cpus * GB, gpus))


STARTS = {
    "nothing runs, so that nothing becomes free": (2, 1, [], None),
    "one running job must end": (2, 1, [held(1, for_seconds=60)], (60, 0)),
    "the earliest end suffices": (2, 1, [held(1, for_seconds=60), held(2, for_seconds=10)], (10, 1)),
    "two must end": (4, 1, [held(2, for_seconds=60), held(1, for_seconds=10)], (60, 0)),
    "the later one is not needed": (2, 1, [held(1, for_seconds=60), held(1, for_seconds=90)], (60, 0)),
    "all ends are not enough": (4, 1, [held(1, for_seconds=60)], None),
    "a job that exceeds its runtime ends now": (2, 1, [held(1, for_seconds=-300)], (-300, 0)),
    "all that exceed it end together": (2, 1, [held(1, for_seconds=-300), held(2, for_seconds=-20)], (-20, 2)),
    "claimed jobs that hold nothing yet add nothing": (4, 3, [held(1, for_seconds=5), held(9, for_seconds=5)], (5, 0)),
}


@pytest.mark.parametrize(("needed", "free", "running", "expected"), STARTS.values(), ids=STARTS)
def test_a_start_is_expected_when_running_jobs_leave_enough(needed, free, running, expected):
    needs, left, total = ((cpus, cpus * GB, 0) for cpus in (needed, free, 4))
    start = expected_start(needs, free=left, total=total, held=running, now_ms=NOW)
    if expected is None:
        assert start is None
    else:
        in_seconds, spare = expected
        assert start == ExpectedStart(NOW + in_seconds * 1000, (spare, spare * GB, 0))


def test_each_resource_counts():
    running = [held(1, for_seconds=10), held(1, for_seconds=50, gpus=1)]
    start = expected_start((1, GB, 1), free=(2, 2 * GB, 0), total=(4, 4 * GB, 1), held=running, now_ms=NOW)
    assert start == ExpectedStart(NOW + 50_000, (3, 3 * GB, 0))


SITUATIONS = {
    "ends in time": (60, 0, 1, 30, 5, 5),
    "ends exactly in time": (60, 0, 1, 60, 5, 5),
    "ends too late": (60, 0, 1, 61, 5, 0),
    "ends too late, but leaves enough": (60, 3, 1, 61, 5, 3),
    "needs more than is spare": (60, 3, 2, 3600, 5, 1),
    "needs none of what is scarce": (60, 0, 0, 3600, 5, 5),
    "the start is overdue": (-10, 0, 1, 1, 5, 0),
    "the start is overdue and the runtime is not known": (-10, 0, 1, 0, 5, 0),
}


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_a_lower_job_may_not_delay_the_start(situation):
    start_seconds, spare, cpus, runtime_seconds, wanted, allowed = situation
    backfill = Backfill(ExpectedStart(NOW + start_seconds * 1000, (spare, 0, 0)), NOW)
    assert backfill.allows((cpus, 0, 0), runtime_seconds, wanted) == allowed


def test_what_is_spare_is_used_once():
    backfill = Backfill(ExpectedStart(NOW + 60_000, (3, 3, 0)), NOW)
    backfill.take((1, 1, 0), runtime_seconds=600, count=2)
    backfill.take((9, 9, 0), runtime_seconds=60, count=1)
    assert backfill.allows((1, 1, 0), 600, wanted=5) == 1
