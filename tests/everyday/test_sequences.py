"""A fixed selection of the sequences: none breaks a promise. `make test-everyday` performs random ones."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from everyday.checkers import findings
from everyday.generating import plan_of
from everyday.programs import OF_THIS_ENVIRONMENT, Programs
from everyday.sequence import perform

# Each of these found a fault of revision db3889e, by which the promise is named.
LIVE_ATTEMPTS = (12, 61)
OLD_RUNS = (4, 18)
LOST_RESULTS = (17, 48, 53, 58)
FAILED_PARENTS = (10, 44, 45)
BLOCKED_DEPENDENTS = (23, 27)
KNOWN = (*LIVE_ATTEMPTS, *OLD_RUNS, *LOST_RESULTS, *FAILED_PARENTS, *BLOCKED_DEPENDENTS)
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
