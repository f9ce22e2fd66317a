"""The runner's decisions. Nothing in this room waits, reads a clock, or talks to anybody.

`state.py` takes in events and says what to do; `attempts.py` has the jobs, `claiming.py` the claims, `leaving.py` the
reasons to end, `timers.py` the deadlines.
"""

from torc_runner.machine.state import RunnerState

__all__ = ["RunnerState"]
