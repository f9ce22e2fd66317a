"""Plan allocations for jobs: jobs are grouped, and each group gets allocations that are large and long enough. Pure.

A group is what one scheduler serves: jobs of one partition and number of nodes (or of one resource requirements
record), from one or more consecutive levels of the dependencies. Its allocations are requested when the jobs of its
first level are ready. These jobs depend only on jobs of earlier levels, so no group waits for itself.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from torc_client.batch.matching import Need, best, ranked
from torc_client.batch.packing import Load, Size, counted, jobs_at_a_time, nodes_needed, seconds_needed
from torc_client.batch.profile import Partition
from torc_client.text import natural_key

# Allocations of a group that are requested without an upper limit of the user.
MOST_ALLOCATIONS = 100
# So few nodes can serve a level that needs fewer of them: what stays idle is less than what another allocation waits.
FEW_NODES = 2
# Waiting in the queue and starting a runner take minutes. An allocation that ends after seconds of work wastes them.
LEAST_WINDOW_SECONDS = 600
# From the start of an allocation to its first job.
STARTUP_SECONDS = 60


class GroupBy(StrEnum):
    """Which jobs share a scheduler."""

    PARTITION = "partition"
    RESOURCE_REQUIREMENTS = "resource-requirements"


class Strategy(StrEnum):
    """How long allocations are."""

    MAX_JOB_RUNTIME = "max-job-runtime"
    MAX_PARTITION_TIME = "max-partition-time"


@dataclass(frozen=True, slots=True)
class Options:
    """How to plan. `partition` overrides the choice; `overhead_seconds` is time of an allocation without jobs."""

    group_by: GroupBy = GroupBy.PARTITION
    strategy: Strategy = Strategy.MAX_JOB_RUNTIME
    multiplier: float = 1.5
    max_allocations: int = MOST_ALLOCATIONS
    partition: str | None = None
    overhead_seconds: int = STARTUP_SECONDS + 90


@dataclass(frozen=True, slots=True)
class JobToPlace:
    """A job: its name, the name and values of its requirements, and the level of the dependencies that it is in."""

    name: str
    requirements: str
    size: Size
    level: int


@dataclass(frozen=True, slots=True)
class Group:
    """What one scheduler serves. `nodes` are those of an allocation; `gate` are the jobs that start the allocations."""

    name: str
    partition: Partition
    jobs: tuple[str, ...]
    gate: tuple[str, ...]
    requirements: tuple[str, ...]
    loads: tuple[Load, ...]
    is_deferred: bool
    walltime_seconds: int
    work_seconds: int
    nodes: int
    allocations: int

    @property
    def node_hours(self) -> float:
        """The node hours of all allocations, if they last for their whole walltime."""
        return self.allocations * self.nodes * self.walltime_seconds / 3600

    @property
    def job_nodes(self) -> int:
        """The number of nodes that a job of the group requires."""
        return max(load.size.num_nodes for load in self.loads)

    @property
    def num_cpus(self) -> int:
        """CPUs of a node that its jobs use at most at the same time."""
        return min(self.partition.cpus_per_node, sum(each * load.size.num_cpus for load, each in self._together()))

    @property
    def memory_mb(self) -> int:
        """Memory of a node that its jobs use at most at the same time, in MB of 2**20 bytes."""
        return min(self.partition.memory_mb, sum(each * load.size.memory_mb for load, each in self._together()))

    @property
    def num_gpus(self) -> int:
        """GPUs of a node that its jobs use at most at the same time."""
        return min(self.partition.gpus_per_node, sum(each * load.size.num_gpus for load, each in self._together()))

    def _together(self) -> Iterable[tuple[Load, int]]:
        """Yield each load with the number of its jobs that run on a node at the same time."""
        for load in self.loads:
            yield load, min(load.count, jobs_at_a_time(self.partition, load.size))


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """The groups in the order in which they can start, jobs that no partition has nodes for, and warnings."""

    groups: tuple[Group, ...]
    unplaced: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stage:
    """The jobs of a group that are in one level, and the nodes that they need to run at the same time."""

    jobs: tuple[JobToPlace, ...]
    loads: tuple[Load, ...]
    window_seconds: int
    units: int


@dataclass(frozen=True, slots=True)
class _Segment:
    """Consecutive stages that the same allocations serve. A unit is the nodes of one job."""

    stages: list[_Stage]
    units: int
    narrowest_units: int
    work_seconds: int
    wanted_seconds: int

    @property
    def is_deferred(self) -> bool:
        """Whether its first jobs wait for other jobs."""
        return self.stages[0].jobs[0].level > 0


def plan_allocations(jobs: Iterable[JobToPlace], partitions: Sequence[Partition], options: Options) -> AllocationPlan:
    """Plan allocations for jobs on the partitions of a cluster. The result does not depend on the order of the jobs."""
    placed: dict[tuple[str, int], list[JobToPlace]] = {}
    where: dict[str, Partition] = {}
    unplaced: dict[str, str] = {}
    choices: dict[Size, Partition | str] = {}
    for job in sorted(jobs, key=lambda each: (each.level, natural_key(each.name))):
        if job.size not in choices:
            choices[job.size] = _choice(job.size, partitions, options)
        chosen = choices[job.size]
        if isinstance(chosen, str):
            unplaced[job.name] = chosen
            continue
        by_partition = options.group_by is GroupBy.PARTITION
        name = chosen.name if by_partition else job.requirements
        placed.setdefault((name, job.size.num_nodes), []).append(job)
        where[name] = chosen
    groups: list[Group] = []
    warnings: list[str] = []
    widths: dict[str, int] = {}
    for (name, num_nodes), members in sorted(placed.items(), key=lambda each: (natural_key(each[0][0]), each[0][1])):
        widths[name] = widths.get(name, 0) + 1
        shown = name if num_nodes == 1 or widths[name] == 1 else f"{name}_{num_nodes}nodes"
        deferred = 0
        for segment in _segments(members, where[name], options):
            deferred += segment.is_deferred
            group = _group(_name(shown, segment, deferred), segment, where[name], options)
            groups.append(group)
            warnings += _warnings(group, options)
    first_level = {job.name: job.level for members in placed.values() for job in members}
    groups.sort(key=lambda group: (first_level[group.gate[0]], natural_key(group.name)))
    return AllocationPlan(tuple(groups), unplaced, tuple(warnings))


def _choice(size: Size, partitions: Sequence[Partition], options: Options) -> Partition | str:
    """Return the partition for a job, or why there is none."""
    seconds = size.runtime_seconds + options.overhead_seconds
    need = Need(size.num_cpus, size.memory_mb, seconds, size.num_gpus, size.num_nodes)
    among = [each for each in partitions if options.partition in (None, each.name)]
    chosen = best(among, need)
    if chosen is not None:
        return chosen
    reasons = "; ".join(f"{match.partition.name}: {match.misfit}" for match in ranked(among, need)[:5])
    return f"no partition has nodes for it ({reasons})"


def _segments(members: list[JobToPlace], partition: Partition, options: Options) -> Iterable[_Segment]:
    """Join consecutive levels as long as the same allocations serve them well and in time."""
    current: _Segment | None = None
    for _, of_level in groupby(members, key=lambda job: job.level):
        stage = _stage(tuple(of_level), partition, options)
        joined = _joined(current, stage, partition) if current else None
        if current is not None and joined is not None and not _is_good(joined, partition, options):
            yield current
            joined = None
        current = joined or _segment([stage], partition)
    if current is not None:
        yield current


def _stage(jobs: tuple[JobToPlace, ...], partition: Partition, options: Options) -> _Stage:
    loads = counted(job.size for job in jobs)
    longest = max(load.size.runtime_seconds for load in loads)
    most = partition.max_walltime_secs - options.overhead_seconds
    if options.strategy is Strategy.MAX_PARTITION_TIME:
        wanted = most
    else:
        all_seconds = seconds_needed(partition, loads, 1)
        wanted = math.ceil(options.multiplier * max(longest, min(all_seconds, LEAST_WINDOW_SECONDS)))
    window = max(longest, min(most, wanted))
    return _Stage(jobs, loads, window, nodes_needed(partition, loads, window))


def _segment(stages: list[_Stage], partition: Partition) -> _Segment:
    units = max(stage.units for stage in stages)
    seconds = [_work_seconds(stage, units, partition) for stage in stages]
    narrowest = min(stage.units for stage in stages)
    return _Segment(stages, units, narrowest, sum(seconds), sum(stage.window_seconds for stage in stages))


def _joined(segment: _Segment, stage: _Stage, partition: Partition) -> _Segment:
    if stage.units > segment.units:
        return _segment([*segment.stages, stage], partition)
    return _Segment(
        [*segment.stages, stage],
        segment.units,
        min(segment.narrowest_units, stage.units),
        segment.work_seconds + _work_seconds(stage, segment.units, partition),
        segment.wanted_seconds + stage.window_seconds,
    )


def _work_seconds(stage: _Stage, units: int, partition: Partition) -> int:
    # The units were counted so that the stage ends within its window.
    return min(stage.window_seconds, seconds_needed(partition, stage.loads, units))


def _is_good(segment: _Segment, partition: Partition, options: Options) -> bool:
    """Whether all work fits into the longest walltime, and no stage leaves more than half of many nodes idle."""
    if segment.work_seconds + options.overhead_seconds > partition.max_walltime_secs:
        return False
    return segment.units <= FEW_NODES or 2 * segment.narrowest_units >= segment.units


def _name(name: str, segment: _Segment, deferred: int) -> str:
    if not segment.is_deferred:
        return f"{name}_scheduler"
    return f"{name}_deferred_{deferred}_scheduler" if deferred > 1 else f"{name}_deferred_scheduler"


def _group(name: str, segment: _Segment, partition: Partition, options: Options) -> Group:
    jobs = [job for stage in segment.stages for job in stage.jobs]
    num_nodes = jobs[0].size.num_nodes
    wanted = segment.wanted_seconds + options.overhead_seconds
    walltime = min(partition.max_walltime_secs, -(-wanted // 60) * 60)
    if options.strategy is Strategy.MAX_PARTITION_TIME:
        walltime = partition.max_walltime_secs
    bundle = _bundle(segment.units, num_nodes, partition, options)
    return Group(
        name, partition, tuple(job.name for job in jobs),
        tuple(job.name for job in segment.stages[0].jobs), tuple(sorted({job.requirements for job in jobs})),
        counted(job.size for job in jobs), segment.is_deferred, walltime, segment.work_seconds,
        num_nodes * bundle, -(-segment.units // bundle),
    )  # fmt: skip


def _bundle(units: int, num_nodes: int, partition: Partition, options: Options) -> int:
    """Return how many units an allocation has, so that there are not too many allocations."""
    wanted = -(-units // options.max_allocations)
    most = units if partition.most_nodes is None else max(1, partition.most_nodes // num_nodes)
    return max(1, min(wanted, most))


def _warnings(group: Group, options: Options) -> Iterable[str]:
    longest = max(load.size.runtime_seconds for load in group.loads)
    if group.allocations > options.max_allocations:
        yield (
            f"{group.name} has {group.allocations} allocations: partition {group.partition.name} allows"
            f" {group.partition.most_nodes} nodes for each"
        )
    wanted = options.multiplier * longest + options.overhead_seconds
    if options.strategy is Strategy.MAX_JOB_RUNTIME and wanted > group.partition.max_walltime_secs:
        yield (
            f"{group.name} has the longest walltime of partition {group.partition.name}, which is less than"
            f" {options.multiplier:g} times the longest run time"
        )
