"""The checker of histories finds each fault."""

import pytest

from chaos.history import Acknowledged, Kind, StoredJob, faults

CLAIMED, STARTED, COMPLETED = (Acknowledged(kind, 1, 7, 1) for kind in Kind)
DONE = StoredJob("completed", 1, ((1, 0, 1),))


def test_a_consistent_history_has_no_faults():
    assert list(faults([CLAIMED, STARTED, COMPLETED], [COMPLETED], {7: DONE})) == []


def test_an_unacknowledged_completion_may_be_stored_or_not():
    for kept in (DONE, StoredJob("running", 1)):
        assert list(faults([CLAIMED, STARTED], [COMPLETED], {7: kept})) == []


@pytest.mark.parametrize(
    ("history", "kept", "fault"),
    [
        ([CLAIMED], {}, "is gone"),
        ([CLAIMED], {7: StoredJob("ready", 1)}, "was claimed and is ready"),
        ([STARTED], {7: StoredJob("pending", 1)}, "was started and is pending"),
        ([COMPLETED], {7: StoredJob("running", 1)}, "was completed and is running"),
        ([COMPLETED], {7: StoredJob("completed", 1)}, "is lost"),
        ([COMPLETED], {7: StoredJob("completed", 1, ((1, 3, 1),))}, "is lost"),
        ([CLAIMED, Acknowledged(Kind.CLAIMED, 2, 7, 1)], {7: DONE}, "held by [1, 2]"),
        ([], {7: StoredJob("completed", 1, ((1, 0, 1), (1, 0, 1)))}, "has 2 results"),
        ([], {7: StoredJob("completed", 1, ((1, 5, 1),))}, "no client sent"),
    ],
)
def test_an_inconsistent_history_has_a_fault(history, kept, fault):
    assert any(fault in each for each in faults(history, [COMPLETED], kept))
