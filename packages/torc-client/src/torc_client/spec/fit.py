"""Check that jobs fit into the allocations of the schedulers of a spec."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from torc_client.api.records import SlurmSchedulerModel
from torc_client.batch.fitting import Requirements, Reserve, misfit
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.slurm.schedulers import is_memory, scheduler
from torc_client.errors import TorcError
from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.quantities import duration_seconds, memory_bytes
from torc_client.spec.shape import Record
from torc_client.text import count, duration

# The values of a scheduler, and of requirements, that have none.
WALLTIME, RUNTIME = "01:00:00", "PT1H"
_TEXTS = ("partition", "gres", "mem", "extra", "ntasks_per_node")
_SHOWN = 5


def check_fit(
    workflow: Record, schedulers: Sequence[Record], requirements: Iterable[Record], jobs: Iterable[Record],
    problems: Problems,
) -> None:  # fmt: skip
    """Warn about jobs for which the allocations of their scheduler, or of all schedulers, have too little.

    `check_nodes` compares the number of nodes of jobs with that of their scheduler.
    """
    offers = _offers(workflow, schedulers, problems)
    if not offers:
        return
    reserve = _reserve(workflow)
    for place, offer in offers.values():
        usable = reserve.usable_seconds(offer)
        if usable is not None and usable <= 0 and offer.walltime_seconds is not None:
            reason = f"no job can run in {duration(offer.walltime_seconds)}: ending the jobs takes all of it"
            fix = "raise it, or lower sigterm_lead_seconds and sigkill_headroom_seconds of the execution_config"
            problems.warn(Code.UNFIT_JOB, f"{place}.walltime", reason, fix)
    needs = _needs(requirements)
    alike: dict[tuple[str, str], list[Record]] = {}
    for job in jobs:
        name, scheduler = _kind(job)
        if name in needs and (not scheduler or scheduler in offers):
            alike.setdefault((name, scheduler), []).append(job)
    for (name, scheduler), members in alike.items():
        who = f"{count('job', len(members))} with the requirements {name!r}"
        bound = [offers[scheduler][1]] if scheduler else [offer for _, offer in offers.values()]
        lacking = {offer.name: misfit(offer, needs[name], reserve, has_nodes=not scheduler) for offer in bound}
        if not all(lacking.values()):
            continue
        if scheduler:
            reason = f"{who} cannot run in allocations of {scheduler!r}: {lacking[offers[scheduler][1].name]}"
            fix = "raise walltime, mem or gres of the scheduler, or lower the requirements"
        else:
            listed = "; ".join(f"{offer}: {why}" for offer, why in list(lacking.items())[:_SHOWN])
            reason, fix = f"{who} can run in allocations of no scheduler ({listed})", "add a scheduler that fits them"
        problems.warn(Code.UNFIT_JOB, members[0][PLACE], reason, fix)


def no_fit(
    workflow: Record, schedulers: Sequence[Record], requirements: Iterable[Record], jobs: Iterable[Record]
) -> str:
    """Return what the allocations have too little of if no job of a spec can run in one; empty if a job can.

    A job without requirements can.
    """
    offers = {each.name: each for each in schedulers_of(workflow, schedulers)}
    needs, reserve, found = _needs(requirements), _reserve(workflow), ""
    for name, bound_to in sorted({_kind(job) for job in jobs}):
        if name not in needs or not offers or (bound_to and bound_to not in offers):
            return ""
        bound = [offers[bound_to]] if bound_to else list(offers.values())
        lacking = [misfit(offer, needs[name], reserve, has_nodes=not bound_to) for offer in bound]
        if not all(lacking):
            return ""
        found = found or f"{bound[0].name} has {lacking[0]}"
    return found


def _kind(job: Record) -> tuple[str, str]:
    """Return the names of the requirements and of the scheduler of a job; empty if it has none."""
    return job.get("resource_requirements") or "", job.get("scheduler") or ""


def _reserve(workflow: Record) -> Reserve:
    execution = workflow.get("execution_config", {})
    return Reserve(execution.get("sigterm_lead_seconds"), execution.get("sigkill_headroom_seconds"))


def schedulers_of(workflow: Record, schedulers: Iterable[Record]) -> list[BatchScheduler]:
    """Return what the schedulers of a spec request. Those with invalid defaults are left out."""
    found = []
    for record in schedulers:
        model = SlurmSchedulerModel(
            id=0, workflow_id=0, name=record["name"], account=record.get("account", ""), nodes=record.get("nodes", 1),
            walltime=record.get("walltime", WALLTIME),
            **{name: record[name] for name in _TEXTS if name in record},
        )  # fmt: skip
        with suppress(TorcError):  # invalid defaults are a problem of their own
            found.append(scheduler(model, workflow.get("slurm_defaults", {})))
    return found


def _offers(
    workflow: Record, schedulers: Iterable[Record], problems: Problems
) -> dict[str, tuple[str, BatchScheduler]]:
    """Return the place and the allocations of each scheduler, by name."""
    places = {}
    for record in schedulers:
        places[record["name"]] = record[PLACE]
        if "mem" in record and not is_memory(record["mem"]):
            fix = "write a number and K, M, G or T, such as 64G"
            problems.warn(Code.UNFIT_JOB, f"{record[PLACE]}.mem", f"{record['mem']!r} cannot be read", fix)
    return {each.name: (places[each.name], each) for each in schedulers_of(workflow, schedulers)}


def _needs(requirements: Iterable[Record]) -> dict[str, Requirements]:
    """Return the requirements that can be read, by name; others are problems of their own."""
    found = {}
    for record in requirements:
        with suppress(ValueError, KeyError):
            found[record["name"]] = Requirements(
                record["name"], record["num_cpus"], -(-memory_bytes(record["memory"]) // 2**20),
                record.get("num_gpus", 0), record.get("num_nodes", 1), duration_seconds(record.get("runtime", RUNTIME)),
            )  # fmt: skip
    return found
