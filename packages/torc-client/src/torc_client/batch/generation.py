"""Add Slurm schedulers and the actions that request their nodes to a spec. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torc_client.batch.packing import Size
from torc_client.batch.planning import STARTUP_SECONDS, AllocationPlan, Group, JobToPlace, Options, plan_allocations
from torc_client.batch.profile import Profile
from torc_client.batch.walltime import walltime_text
from torc_client.execution_plan.depth import depths
from torc_client.execution_plan.sources import of_spec
from torc_client.spec.expansion import PLACE
from torc_client.spec.plan import RESERVED_REQUIREMENTS, Plan
from torc_client.spec.quantities import duration_seconds, memory_bytes
from torc_client.spec.shape import Record
from torc_client.text import count

# What the server gives to jobs without resource requirements.
DEFAULT_SIZE = Size(num_cpus=1, memory_mb=1, num_gpus=0, num_nodes=1, runtime_seconds=60)
DEFAULT_RUNTIME = "PT1H"
# Memory that the runner itself uses beside the jobs of a node.
RUNNER_MB = 256
SIGTERM_LEAD_SECONDS, SIGKILL_HEADROOM_SECONDS = 30, 60
# With one of these options of sbatch in slurm_defaults, the script does not request CPUs.
REQUESTS_CPUS = frozenset({"cpus-per-task", "c", "exclusive", "ntasks", "n", "mincpus", "cpus-per-gpu"})
SHOWN_NAMES = 5


class CannotGenerateError(Exception):
    """No schedulers can be generated. The arguments are the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The spec with schedulers and actions, the plan that they follow, and warnings."""

    document: Record
    schedulers: list[Record]
    actions: list[Record]
    plan: AllocationPlan
    warnings: list[str]


def overhead_seconds(execution_config: Mapping[str, Any]) -> int:
    """Return the time of an allocation in which no job runs: its start, and the end of the jobs before its end."""
    lead = execution_config.get("sigterm_lead_seconds", SIGTERM_LEAD_SECONDS)
    headroom = execution_config.get("sigkill_headroom_seconds", SIGKILL_HEADROOM_SECONDS)
    return STARTUP_SECONDS + int(lead) + int(headroom)


def generate(
    document: Record, plan: Plan, profile: Profile, options: Options, *, account: str | None, with_actions: bool = True
) -> Generated:
    """Return the spec with a scheduler for each group of jobs. `plan` is the plan of `document`.

    Schedulers, and actions that request nodes, of the document are replaced. Raises CannotGenerateError.
    """
    account = account or plan.workflow.get("slurm_defaults", {}).get("account") or profile.default_account
    if not account:
        raise CannotGenerateError("No account is known.", "Use --account, or set account in slurm_defaults.")
    if not plan.requirements:
        raise CannotGenerateError(
            "The spec has no resource requirements, so the size of its jobs is not known.",
            "Add resource_requirements, and name them in the jobs.",
        )
    warnings: list[str] = []
    sizes = {record["name"]: size_of(record) for record in plan.requirements}
    jobs = _jobs(plan, sizes, warnings)
    allocations = plan_allocations(jobs, profile.cluster.partitions, options)
    warnings += unplaced_warnings(allocations.unplaced)
    warnings += allocations.warnings
    if not allocations.groups:
        raise CannotGenerateError(f"No job can run on {profile.name}.", "\n".join(warnings))
    mode = plan.workflow.get("execution_config", {}).get("mode", "direct")
    schedulers = [
        scheduler_record(group, account, options, plan.workflow.get("slurm_defaults", {}))
        for group in allocations.groups
    ]
    actions = [_action(group, mode) for group in allocations.groups] if with_actions else []
    changed = _with_schedulers(document, plan, allocations.groups)
    others = [each for each in document.get("actions", []) if each.get("action_type") != "schedule_nodes"]
    changed["slurm_schedulers"] = schedulers
    if others or actions:
        changed["actions"] = [*others, *actions]
    else:
        changed.pop("actions", None)
    return Generated(changed, schedulers, actions, allocations, warnings)


def size_of(record: Mapping[str, Any]) -> Size:
    """Return the size of jobs with these resource requirements."""
    return Size(
        num_cpus=record["num_cpus"],
        memory_mb=-(-memory_bytes(record["memory"]) // 2**20),
        num_gpus=record.get("num_gpus", 0),
        num_nodes=record.get("num_nodes", 1),
        runtime_seconds=max(1, duration_seconds(record.get("runtime", DEFAULT_RUNTIME))),
    )


def _jobs(plan: Plan, sizes: Mapping[str, Size], warnings: list[str]) -> list[JobToPlace]:
    steps, _ = of_spec(plan)
    level_of = depths(steps)
    placed, labelled, without = [], [], []
    for number, job in enumerate(plan.jobs):
        record = job.record
        name = record.get("resource_requirements", RESERVED_REQUIREMENTS)
        if record.get("labels") or record.get("label"):
            labelled.append(record["name"])
            continue
        if name == RESERVED_REQUIREMENTS:
            without.append(record["name"])
        placed.append(JobToPlace(record["name"], name, sizes.get(name, DEFAULT_SIZE), level_of[number]))
    warnings += left_out_warnings(labelled, without)
    return placed


def left_out_warnings(labelled: Sequence[str], without_requirements: Sequence[str]) -> Iterable[str]:
    """Yield a sentence about jobs without a scheduler, and one about jobs whose size is not known."""
    if labelled:
        why = "jobs with labels get no scheduler, since the runners of allocations have no labels"
        yield f"{shown_names(labelled)}: {why}"
    if without_requirements:
        why = "without resource requirements, a job counts as 1 CPU, 1 MiB and 1 minute"
        yield f"{shown_names(without_requirements)}: {why}"


def unplaced_warnings(unplaced: Mapping[str, str]) -> Iterable[str]:
    """Yield a sentence for each reason for which jobs have no partition."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in unplaced.items():
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        yield f"{shown_names(names)}: {reason}"


def shown_names(names: Sequence[str]) -> str:
    """Return the number of jobs and their first names."""
    more = len(names) - SHOWN_NAMES
    listed = ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"{count('job', len(names))} ({listed})"


def scheduler_record(group: Group, account: str, options: Options, defaults: Mapping[str, Any]) -> Record:
    """Return the scheduler whose allocations serve a group. `defaults` are the `slurm_defaults` of the workflow."""
    partition = group.partition
    record: Record = {"name": group.name, "account": account, "nodes": group.nodes}
    if partition.must_be_named or options.partition is not None:
        record["partition"] = partition.name
    record["walltime"] = walltime_text(group.walltime_seconds)
    record["mem"] = f"{min(partition.memory_mb, group.memory_mb + RUNNER_MB)}m"
    if group.num_gpus:
        record["gres"] = f"gpu:{group.num_gpus}"
    if partition.default_qos:
        record["qos"] = partition.default_qos
    if REQUESTS_CPUS.isdisjoint(defaults):
        record["ntasks_per_node"] = 1
        record["extra"] = f"--cpus-per-task={group.num_cpus}"
    return record


def _action(group: Group, mode: str) -> Record:
    action: Record = {
        "trigger_type": "on_jobs_ready",
        "action_type": "schedule_nodes",
        "jobs": list(group.gate),
        "scheduler": group.name,
        "scheduler_type": "slurm",
        "num_allocations": group.allocations,
    }
    if has_runner_per_node(group, mode):
        action["start_one_worker_per_node"] = True
    return action


def has_runner_per_node(group: Group, mode: str) -> bool:
    """Whether each node of an allocation gets a runner of its own: one runner starts jobs on its own node only."""
    return group.nodes > 1 and group.job_nodes == 1 and mode == "direct"


def _with_schedulers(document: Record, plan: Plan, groups: Iterable[Group]) -> Record:
    """Return the document with the scheduler of each job. A job whose instances have different ones is expanded."""
    scheduler_of = {name: group.name for group in groups for name in group.jobs}
    instances: dict[str, list[Record]] = {}
    for job in plan.jobs:
        instances.setdefault(job.record[PLACE], []).append(job.record)
    jobs: list[Record] = []
    for index, job in enumerate(document["jobs"]):
        records = instances[f"jobs[{index}]"]
        if len({scheduler_of.get(record["name"]) for record in records}) == 1:
            jobs.append(_scheduled(job, scheduler_of.get(records[0]["name"])))
        else:
            jobs += [
                _scheduled(
                    {name: value for name, value in record.items() if name != PLACE}, scheduler_of.get(record["name"])
                )
                for record in records
            ]
    return {**document, "jobs": jobs}


def _scheduled(job: Record, scheduler: str | None) -> Record:
    record = {name: value for name, value in job.items() if name not in {"scheduler", PLACE}}
    return {**record, "scheduler": scheduler} if scheduler else record
