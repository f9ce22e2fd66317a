"""Wait for what only Slurm and the runners can report."""

import time
from collections.abc import Callable

# Only a test that fails waits for all of this time. Slurm is slow on a busy machine.
PATIENCE_SECONDS = 240.0
STEP_SECONDS = 0.2


def until(is_true: Callable[[], object]) -> None:
    """Wait until a call returns a true value."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := is_true()):
        assert time.monotonic() < end, f"not within {PATIENCE_SECONDS:g} s: the last answer was {found!r}"
        time.sleep(STEP_SECONDS)
