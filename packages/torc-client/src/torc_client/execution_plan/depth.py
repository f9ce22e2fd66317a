"""How many jobs run one after another before a job. Pure."""

from collections.abc import Sequence

from torc_client.execution_plan.events import Step, events_of


def depths(steps: Sequence[Step]) -> list[int]:
    """Return for each job the number of jobs in the longest chain that it depends on.

    Files and user data are dependencies on the jobs that write them. Raises TorcError if dependencies have a cycle.
    """
    depth = [0] * len(steps)
    for event in events_of(steps):
        of_event = max((depth[place] + 1 for place in event.completed), default=0)
        for place in event.ready:
            depth[place] = of_event
    return depth


def levels_of(steps: Sequence[Step]) -> list[list[int]]:
    """Return the positions of the jobs of each depth. Raises TorcError if dependencies have a cycle."""
    depth = depths(steps)
    levels: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for place, number in enumerate(depth):
        levels[number].append(place)
    return levels
