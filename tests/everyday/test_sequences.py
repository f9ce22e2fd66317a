"""A fixed selection of the sequences: none breaks a promise. `make test-everyday` performs random ones."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from everyday.checkers import findings
from everyday.generating import plan_of
from everyday.programs import OF_THIS_ENVIRONMENT, Programs
from everyday.sequence import perform

# The sequences that found faults of revision db3889e.
LIVE_ATTEMPT_BEGAN_AGAIN = (61, 163)
OLD_RUN_CLAIMED_JOBS = (4, 18)
RESULT_OF_RERUN_WAS_REFUSED = (17, 48, 53, 58)
RAN_BEHIND_A_FAILED_PARENT = (10, 44, 45, 157)
KILLED_JOB_WENT_ON = (153,)
ERROR_CHANGED_SOMETHING = (170,)
BLOCKED_BY_A_DELETED_PARENT = (27,)
KNOWN = (
    *LIVE_ATTEMPT_BEGAN_AGAIN, *OLD_RUN_CLAIMED_JOBS, *RESULT_OF_RERUN_WAS_REFUSED, *RAN_BEHIND_A_FAILED_PARENT,
    *KILLED_JOB_WENT_ON, *ERROR_CHANGED_SOMETHING, *BLOCKED_BY_A_DELETED_PARENT,
)  # fmt: skip
SEEDS = sorted({*KNOWN, *range(100, 140 - len(KNOWN))})


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of all programs of this worker."""
    return tmp_path_factory.mktemp("everyday")


@pytest.fixture(scope="session")
def programs(root: Path) -> Iterator[Programs]:
    """The programs of this environment, imported once."""
    with Programs(OF_THIS_ENVIRONMENT, root) as programs:
        yield programs


@pytest.mark.parametrize("seed", SEEDS)
def test_an_everyday_sequence_keeps_all_promises(seed: int, programs: Programs, root: Path):
    plan = plan_of(seed)
    evidence, script = perform(plan, programs, root)
    found = findings(evidence)
    assert not found, f"{plan}\n{found}\n{script}"
    shutil.rmtree(root / f"seed_{seed}")
