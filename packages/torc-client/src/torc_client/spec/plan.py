"""Create a plan from a document: all jobs, files and other records as they will be created, or all problems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from torc_client.spec.actions import PlannedAction, plan_action
from torc_client.spec.amounts import check_memory, check_runtime
from torc_client.spec.codes import Code
from torc_client.spec.datasets import as_files
from torc_client.spec.expansion import PLACE, Shared, expand, shared_of, warn_of_columns
from torc_client.spec.failure_rules import warn_of_unused_rules
from torc_client.spec.file_paths import Writers, check_paths, same_files
from torc_client.spec.fit import check_fit
from torc_client.spec.graph import find_cycles, levels
from torc_client.spec.job_resources import fill_resources
from torc_client.spec.labels import check_labels
from torc_client.spec.lookalikes import warn_of_lookalikes
from torc_client.spec.naming import Names, merge_unique
from torc_client.spec.partial import with_placeholders
from torc_client.spec.problems import Problem, Problems
from torc_client.spec.references import Known, resolve
from torc_client.spec.resource_advice import warn_of_expected
from torc_client.spec.settings import check_settings, mode_of
from torc_client.spec.shape import Record, check
from torc_client.spec.shell_advice import check_env, check_jobs
from torc_client.spec.slurm import NodesOfJob, check_nodes, check_schedulers
from torc_client.spec.user_data_names import check_user_data_names, name_user_data
from torc_client.spec.variables import fill_variables

RESERVED_REQUIREMENTS = "default"
NOT_EXPANDED = ("resource_requirements", "failure_handlers", "slurm_schedulers")
USES_SHARED = frozenset({"use_parameters", "use_parameters_file"})
# A cycle can have thousands of jobs. The first ones are enough to find it.
MAX_SHOWN_OF_CYCLE = 10
MAX_CYCLES = 5


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """A job with its dependencies as positions in the lists of the plan."""

    record: Record
    parents: tuple[int, ...]
    """The same object for all jobs that wait for the same jobs, so that the pairs need not be visited."""
    input_files: tuple[int, ...]
    output_files: tuple[int, ...]
    input_user_data: tuple[int, ...]
    output_user_data: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The checked content of a spec. `levels` are positions of jobs, parents before children."""

    source: str
    workflow: Record
    files: list[Record]
    """Files, and after them datasets."""
    user_data: list[Record]
    requirements: list[Record]
    jobs: list[PlannedJob]
    levels: list[list[int]]
    failure_handlers: list[Record]
    actions: list[PlannedAction]
    slurm_schedulers: list[Record] = field(default_factory=list)
    counts_before_expansion: Mapping[str, int] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    def warning_lines(self) -> list[str]:
        """Return the lines that commands print about the warnings."""
        return [f"Warning: {warning.line(self.source)}" for warning in self.warnings]


def make_plan(source: str, document: Any, *, skip_checks: bool = False, complaints: Iterable[Problem] = ()) -> Plan:
    """Check the document. Raises SpecError with all problems.

    `skip_checks` skips the check that all nodes of allocations would get work. `complaints` are problems that the
    reader of the text found.
    """
    problems = Problems()
    for complaint in complaints:
        problems.add_problem(complaint)
    workflow = check(document, "workflow", "", problems)
    if not workflow:
        problems.raise_for(source)
    name_user_data(workflow.get("user_data", []), problems)
    unsure: frozenset[str] = frozenset()
    if len(problems):
        workflow, unsure = with_placeholders(document, workflow)
    workflow = fill_variables(workflow, problems)
    check_settings(workflow, problems)
    warn_of_lookalikes(workflow, problems)
    parts = _expand(workflow, unsure, problems)
    _check_requirements(parts.records["resource_requirements"], problems)
    check_user_data_names(parts.records["user_data"], problems)
    warn_of_unused_rules(workflow.get("failure_handlers", []), problems)
    fill_resources(workflow, parts.records["jobs"], parts.records["resource_requirements"])
    names = _AllNames(parts, problems)
    datasets = as_files(
        parts.records["datasets"], names.files, problems, has_crate=workflow.get("enable_ro_crate", False)
    )
    known = _known(parts)
    groups = Groups()
    files = [*parts.records["files"], *datasets]
    jobs = [resolve(job, known, problems) for job in parts.records["jobs"]]
    check_env(workflow.get("env", {}), "env", problems)
    check_jobs(jobs, workflow.get("env", {}), problems)
    warn_of_expected(jobs, problems)
    same = same_files(files, problems)
    planned = [
        with_same_files(_plan_job(number, job, names, groups, problems), same) for number, job in enumerate(jobs)
    ]
    actions = [
        plan_action(action, names.jobs, names.schedulers, problems)
        for action in _placed(workflow, "actions")
        if "action_type" in action  # the checks depend on the type
    ]
    _check_slurm(workflow, parts, actions, skip_checks=skip_checks, problems=problems)
    parents = _all_parents(planned)
    has_cycles = _report_cycles(planned, parents, problems)
    writers = writers_of(planned)
    check_paths(files, writers, problems)
    if not has_cycles:
        # Several jobs may add their files to one folder.
        several = {
            file: numbers
            for file, numbers in writers.items()
            if len(numbers) > 1 and file < names.first_dataset and not files[file]["path"].endswith("/")
        }
        Writers(parents).check([job.record for job in planned], files, several, problems)
    problems.raise_for(source)
    nodes = levels(_grouped(planned))
    return Plan(
        source,
        workflow,
        files,
        parts.records["user_data"],
        parts.records["resource_requirements"],
        planned,
        [level for nodes_of in nodes if (level := [node for node in nodes_of if node < len(planned)])],
        parts.records["failure_handlers"],
        actions,
        parts.records["slurm_schedulers"],
        {name: len(workflow.get(name, [])) for name in ("jobs", "files")},
        problems.warnings,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The records of a spec after expansion, by collection; and the collections of which some names are not known."""

    records: Mapping[str, list[Record]]
    unsure: frozenset[str]


def _expand(workflow: Record, unsure: frozenset[str], problems: Problems) -> _Parts:
    before = len(problems)
    shared: Shared = shared_of(workflow, problems)
    shared_is_invalid = len(problems) > before
    records = {name: _placed(workflow, name) for name in NOT_EXPANDED}
    doubtful = set(unsure)
    for name in ("files", "datasets", "jobs", "user_data"):
        before = len(problems)
        records[name] = expand(workflow.get(name, []), name, shared, problems)
        # Invalid parameters of the workflow do not affect records that do not use them.
        is_affected = shared_is_invalid and any(not USES_SHARED.isdisjoint(each) for each in workflow.get(name, []))
        if is_affected or len(problems) > before:
            doubtful.add(name)
    warn_of_columns(shared, problems)
    if "jobs" in workflow and not workflow["jobs"] and "jobs" not in doubtful:
        problems.warn(Code.NO_JOBS, "jobs", "the workflow has no job", "add at least one")
    return _Parts(records, frozenset(doubtful))


def _check_slurm(
    workflow: Record, parts: _Parts, actions: list[PlannedAction], *, skip_checks: bool, problems: Problems
) -> None:
    schedulers = parts.records["slurm_schedulers"]
    check_schedulers(schedulers, workflow.get("slurm_defaults", {}), problems)
    if not skip_checks:
        nodes = {record["name"]: record.get("num_nodes", 1) for record in parts.records["resource_requirements"]}
        jobs = (
            NodesOfJob(job["name"], job.get("scheduler"), nodes.get(job.get("resource_requirements", ""), 1))
            for job in parts.records["jobs"]
        )
        by_name = {scheduler["name"]: scheduler for scheduler in schedulers if "name" in scheduler}
        check_nodes(by_name, (action.record for action in actions), jobs, mode_of(workflow), problems)
        requirements = parts.records["resource_requirements"]
        check_fit(workflow, list(by_name.values()), requirements, parts.records["jobs"], problems)


def _report_cycles(jobs: list[PlannedJob], parents: list[list[int]], problems: Problems) -> bool:
    """Report jobs that wait for each other. Return whether there are any."""
    cycles = find_cycles(parents, MAX_CYCLES)
    for cycle in cycles:
        # The message leaves out files and user data of the cycle; it repeats the first job at the end.
        members = list(dict.fromkeys(number for number in cycle if number < len(jobs)))
        names = [jobs[number].record["name"] for number in members]
        more = len(names) - MAX_SHOWN_OF_CYCLE
        shown = [*names[:MAX_SHOWN_OF_CYCLE], *([f"({more} more)"] if more > 0 else []), names[0]]
        reason = f"these jobs wait for each other: {_chain(shown)}"
        place = jobs[members[0]].record[PLACE]
        problems.add(Code.DEPENDENCY_CYCLE, place, reason, "remove one of these dependencies")
    return bool(cycles)


def _chain(names: list[str]) -> str:
    """Return "a waits for b, b for c, c for a" for the names a, b, c, a."""
    first, *others = pairwise(names) if len(names) > 1 else [(names[0], names[0])]
    return ", ".join([f"{first[0]} waits for {first[1]}", *(f"{job} for {awaited}" for job, awaited in others)])


class _AllNames:
    """The names of all collections."""

    def __init__(self, parts: _Parts, problems: Problems) -> None:
        def names(collection: str) -> Names:
            return Names(collection, parts.records[collection], problems, is_complete=collection not in parts.unsure)

        self.jobs = names("jobs")
        self.files = names("files")
        self.datasets = names("datasets")
        # Datasets come after the files in the list of the plan.
        self.first_dataset = len(parts.records["files"])
        self.user_data = names("user_data")
        self.requirements = names("resource_requirements")
        self.handlers = names("failure_handlers")
        self.schedulers = names("slurm_schedulers")


def _known(parts: _Parts) -> Known:
    """Return the records to which commands can refer."""
    values: dict[str, dict[str, Any]] = {
        name: {record["name"]: record["path"] for record in parts.records[name]} for name in ("files", "datasets")
    }
    values["user_data"] = {record["name"]: record.get("data") for record in parts.records["user_data"]}
    return Known(values, parts.unsure)


def _placed(workflow: Record, collection: str) -> list[Record]:
    return [{**record, PLACE: f"{collection}[{index}]"} for index, record in enumerate(workflow.get(collection, []))]


def _check_requirements(requirements: list[Record], problems: Problems) -> None:
    for record in requirements:
        place = record[PLACE]
        if record["name"] == RESERVED_REQUIREMENTS:
            reason = "the server reserves the name 'default'"
            problems.add(Code.RESERVED_NAME, f"{place}.name", reason, "choose another name")
        check_memory(record["memory"], f"{place}.memory", problems)
        if "runtime" in record:
            check_runtime(record["runtime"], f"{place}.runtime", problems)


class Groups:
    """Groups of jobs that other jobs wait for together. Equal groups are the same object."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, ...]] = {}
        self._groups: dict[tuple[int, ...], tuple[int, ...]] = {}

    def interned(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Return the object for these numbers. A known object is found without a comparison."""
        if id(numbers) not in self._known:
            group = self._groups.setdefault(numbers, numbers)
            if group is not numbers:
                return group
            self._known[id(numbers)] = group
        return numbers


def _plan_job(number: int, job: Record, names: _AllNames, groups: Groups, problems: Problems) -> PlannedJob:
    if job.get("resource_requirements") != RESERVED_REQUIREMENTS:
        names.requirements.find_one(job, "resource_requirements", problems)
    names.handlers.find_one(job, "failure_handler", problems)
    names.schedulers.find_one(job, "scheduler", problems)
    check_labels(job, problems)

    def find_and_match(of: Names, listed: str, patterns: str) -> tuple[int, ...]:
        return merge_unique(of.find(job, listed, problems), of.match(job, patterns, problems))

    def datasets(listed: str) -> tuple[int, ...]:
        return tuple(names.first_dataset + number for number in names.datasets.find(job, listed, problems))

    parents = names.jobs.find(job, "depends_on", problems)
    if number in parents:
        reason = f"the job {job['name']!r} cannot wait for itself"
        problems.add(Code.SELF_DEPENDENCY, f"{job[PLACE]}.depends_on", reason, "remove it from the list")
        parents = tuple(parent for parent in parents if parent != number)
    matched = names.jobs.match(job, "depends_on_regexes", problems, but=number)
    return PlannedJob(
        record=job,
        parents=groups.interned(merge_unique(parents, matched)),
        input_files=find_and_match(names.files, "input_files", "input_file_regexes") + datasets("input_datasets"),
        output_files=find_and_match(names.files, "output_files", "output_file_regexes") + datasets("output_datasets"),
        input_user_data=find_and_match(names.user_data, "input_user_data", "input_user_data_regexes"),
        output_user_data=find_and_match(names.user_data, "output_user_data", "output_user_data_regexes"),
    )


def with_same_files(job: PlannedJob, same: Mapping[int, int]) -> PlannedJob:
    """Return the job with the first record of each of its files."""
    if not same:
        return job

    def first(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(same.get(number, number) for number in numbers))

    return replace(job, input_files=first(job.input_files), output_files=first(job.output_files))


def writers_of(jobs: list[PlannedJob]) -> dict[int, list[int]]:
    """Return the jobs that write each file."""
    writers: dict[int, list[int]] = {}
    for number, job in enumerate(jobs):
        for file in job.output_files:
            writers.setdefault(file, []).append(number)
    return writers


def _grouped(jobs: list[PlannedJob]) -> list[list[int]]:
    """Return the explicit parents of each job. A group of several parents is a separate node, after the jobs."""
    parents: list[list[int]] = [[] for _ in jobs]
    nodes: dict[int, int] = {}
    for number, job in enumerate(jobs):
        group = job.parents
        if len(group) <= 1:
            parents[number] = list(group)
            continue
        if id(group) not in nodes:
            nodes[id(group)] = len(parents)
            parents.append(list(group))
        parents[number] = [nodes[id(group)]]
    return parents


def _all_parents(jobs: list[PlannedJob]) -> list[list[int]]:
    """Return the explicit parents and those that files and user data imply, for the search of cycles.

    A file or user data record is a separate node, after the jobs. Otherwise, one with many writers and many readers
    would have as many edges as pairs.
    """
    nodes: dict[tuple[str, int], int] = {}
    parents = _grouped(jobs)

    def node(kind: str, number: int) -> int:
        if (kind, number) not in nodes:
            nodes[kind, number] = len(parents)
            parents.append([])
        return nodes[kind, number]

    for number, job in enumerate(jobs):
        for kind, read, written in (
            ("file", job.input_files, job.output_files),
            ("user data", job.input_user_data, job.output_user_data),
        ):
            both = set(read) & set(written)
            for each in written:
                if each not in both:
                    parents[node(kind, each)].append(number)
            parents[number] += [node(kind, each) for each in read if each not in both]
    return parents
