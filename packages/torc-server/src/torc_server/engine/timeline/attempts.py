"""The attempts of a run by host and by group, with their times. Pure."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from torc_server.engine.ids import AttemptId, JobId
from torc_server.engine.states import JobStatus
from torc_server.engine.timeline.series import Series

LANES = HOSTS, GROUPS = "hosts", "groups"
# A job cannot use more CPUs in the numbers of a timeline.
_MOST_CPUS = 10**6


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt of a job, with the time when it ran in milliseconds since 1970."""

    job_id: JobId
    attempt_id: AttemptId
    status: JobStatus
    start: int
    end: int


class Attempts:
    """Attempts as columns. Those of a lane are ordered when it is first asked for."""

    def __init__(self) -> None:
        self._job_ids, self._attempt_ids = array("q"), array("q")
        self._starts, self._ends, self._statuses = array("q"), array("q"), array("b")
        self._places: dict[str, dict[int, array[int]]] = {HOSTS: {}, GROUPS: {}}
        # The series of a lane, and how many of its attempts they have.
        self._series: dict[tuple[str, int], tuple[int, dict[JobStatus, Series]]] = {}
        # All attempts by status. Their numbers are their CPUs.
        self.totals: dict[JobStatus, Series] = {}

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, place: int) -> Attempt:
        return Attempt(
            JobId(self._job_ids[place]),
            AttemptId(self._attempt_ids[place]),
            JobStatus(self._statuses[place]),
            self._starts[place],
            self._ends[place],
        )

    def extend(self, rows: Sequence[Sequence[int]]) -> None:
        """Add attempts: job, attempt, status, node, group, CPUs, start and end of each."""
        if not rows:
            return
        job_ids, attempt_ids, statuses, nodes, groups, cpus, starts, ends = zip(*rows, strict=True)
        first = len(self)
        for column, values in (
            (self._job_ids, job_ids), (self._attempt_ids, attempt_ids), (self._statuses, statuses),
            (self._starts, starts), (self._ends, ends),
        ):  # fmt: skip
            column.extend(values)
        for lanes, keys in ((HOSTS, nodes), (GROUPS, groups)):
            places = self._places[lanes]
            for place, key in enumerate(keys, first):
                if (of_lane := places.get(key)) is None:
                    of_lane = places[key] = array("l")
                of_lane.append(place)
        for status in set(statuses):
            chosen = [each == status for each in statuses]
            own_starts, own_ends, own_cpus = (list(compress(column, chosen)) for column in (starts, ends, cpus))
            series = self.totals.get(JobStatus(status))
            if series is None:
                series = self.totals[JobStatus(status)] = Series(own_starts[0], weighted=True)
            series.add(own_starts, own_ends, [min(max(each, 0), _MOST_CPUS) for each in own_cpus])

    def series_of(self, lanes: str, key: int) -> dict[JobStatus, Series]:
        """Return the attempts of a lane by status. Their numbers are their places here."""
        places = self._places[lanes].get(key)
        if places is None:
            return {}
        known, by_status = self._series.setdefault((lanes, key), (0, {}))
        if known < len(places):
            new: dict[int, list[int]] = {}
            for place in places[known:]:
                new.setdefault(self._statuses[place], []).append(place)
            for status, some in new.items():
                starts, ends = [self._starts[each] for each in some], [self._ends[each] for each in some]
                by_status.setdefault(JobStatus(status), Series(starts[0])).add(starts, ends, some)
            self._series[lanes, key] = len(places), by_status
        return by_status

    def within(self, series: Series, start: int, end: int) -> list[Attempt]:
        """Return the attempts of a series of a lane that ran between two times."""
        places = series.numbers_of(start - series.longest, end)
        return [self[place] for place in places if self._ends[place] > start]
