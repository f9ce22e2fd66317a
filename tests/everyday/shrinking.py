"""Remove steps of a failing plan, one after the other, for as long as it still fails in the same way."""

from collections.abc import Callable

from everyday.steps import Plan


def shrunk(plan: Plan, fails: Callable[[Plan], bool]) -> Plan:
    """Return a plan with fewer steps that still fails; no further step can be removed. The first step stays."""
    size = max(1, len(plan.steps) // 2)
    while True:
        position = len(plan.steps) - size
        while position >= 1:
            steps = plan.steps[:position] + plan.steps[position + size :]
            if fails(smaller := plan.with_steps(steps)):
                plan = smaller
            position -= size
            position = min(position, len(plan.steps) - size)
        if size == 1:
            return plan
        size = max(1, size // 2)
