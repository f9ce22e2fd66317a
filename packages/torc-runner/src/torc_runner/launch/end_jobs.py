"""End what the jobs of a dead runner left: `python -m torc_runner.launch.end_jobs RUNNER_ID`.

The exit code is 0 if no process of the jobs is left.
"""

import os
import sys

from torc_runner.launch.killing import Targets, end_all, freeze_and_kill
from torc_runner.run_context import RUNNER_ID


def end_jobs(runner_id: str) -> bool:
    """Kill every process that the jobs of a runner started. Return whether none is left."""
    targets = Targets(os.fsencode(f"{RUNNER_ID}={runner_id}"), launches=None)
    end_all(targets)
    return not freeze_and_kill(targets)


if __name__ == "__main__":
    raise SystemExit(0 if end_jobs(sys.argv[1]) else 1)
