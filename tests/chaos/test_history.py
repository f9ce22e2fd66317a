"""The checker finds what it is there for."""

import pytest

from chaos.history import Kept, Kind, Told, faults

CLAIMED, STARTED, COMPLETED = (Told(kind, 1, 7, 1) for kind in Kind)
DONE = Kept("completed", 1, ((1, 0, 1),))


def test_a_true_tale_has_no_faults():
    assert list(faults([CLAIMED, STARTED, COMPLETED], [COMPLETED], {7: DONE})) == []


def test_what_was_sent_and_not_answered_may_be_there_or_not():
    for kept in (DONE, Kept("running", 1)):
        assert list(faults([CLAIMED, STARTED], [COMPLETED], {7: kept})) == []


@pytest.mark.parametrize(
    ("history", "kept", "fault"),
    [
        ([CLAIMED], {}, "is gone"),
        ([CLAIMED], {7: Kept("ready", 1)}, "was claimed and is ready"),
        ([STARTED], {7: Kept("pending", 1)}, "was started and is pending"),
        ([COMPLETED], {7: Kept("running", 1)}, "was completed and is running"),
        ([COMPLETED], {7: Kept("completed", 1)}, "is lost"),
        ([COMPLETED], {7: Kept("completed", 1, ((1, 3, 1),))}, "is lost"),
        ([CLAIMED, Told(Kind.CLAIMED, 2, 7, 1)], {7: DONE}, "held by [1, 2]"),
        ([], {7: Kept("completed", 1, ((1, 0, 1), (1, 0, 1)))}, "has 2 results"),
        ([], {7: Kept("completed", 1, ((1, 5, 1),))}, "nobody sent"),
    ],
)
def test_a_doctored_tale_is_found_out(history, kept, fault):
    assert any(fault in each for each in faults(history, [COMPLETED], kept))
