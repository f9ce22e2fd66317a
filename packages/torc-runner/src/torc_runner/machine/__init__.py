"""The runner's decisions: no I/O, no clock, no event loop.

`state.py` takes events and returns instructions. `attempts.py` holds the jobs, `claiming.py` the claims, `reporting.py`
the reports, `leaving.py` the reasons to end, `timers.py` the deadlines.
"""

from torc_runner.machine.state import RunnerState

__all__ = ["RunnerState"]
