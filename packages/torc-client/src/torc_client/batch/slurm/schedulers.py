"""The schedulers of a workflow for Slurm: records on the server, as options of sbatch."""

import re
from collections.abc import Mapping
from typing import Any

from torc_client.answers import id_of
from torc_client.api.records import SlurmSchedulerModel
from torc_client.batch.schedulers import BatchScheduler, NodeAmounts
from torc_client.batch.slurm.reserved_options import conflicts
from torc_client.batch.walltime import walltime_seconds
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate

TYPE = "slurm"
# A scheduler sets these itself, so they cannot be the same for all allocations.
_NOT_DEFAULTS = frozenset({"partition", "nodes", "walltime", "time", "mem", "gres", "name", "job-name"})
_MEMORY = re.compile(r"(?P<number>[0-9]+)(?P<unit>[KMGT]?)B?", re.ASCII | re.IGNORECASE)
_MB = {"K": 1 / 1024, "": 1, "M": 1, "G": 1024, "T": 1024**2}
_GPUS = re.compile(r"(?:^|,)gpu(?::[A-Za-z][^:,(]*)?(?::(?P<count>[0-9]+))?(?=$|,|\()", re.ASCII)
_CPUS = re.compile(r"(?:^|\s)(?:--cpus-per-task[= ]|-c ?)(?P<count>[0-9]+)(?=$|\s)", re.ASCII)


class SlurmSchedulerRecords:
    """The records `slurm_schedulers` of a server."""

    async def one(self, client: TorcClient, scheduler_id: int) -> BatchScheduler:
        """Return a scheduler. Raises TorcError."""
        record = await client.slurm_schedulers.get_slurm_scheduler(scheduler_id)
        return scheduler(record, await _defaults(client, record.workflow_id))

    async def of_workflow(self, client: TorcClient, workflow_id: int) -> list[BatchScheduler]:
        """Return the schedulers of a workflow. Raises TorcError."""
        defaults = await _defaults(client, workflow_id)
        pages = iterate(client.slurm_schedulers.list_slurm_schedulers, workflow_id=workflow_id)
        return [scheduler(record, defaults) async for record in pages]


async def _defaults(client: TorcClient, workflow_id: int) -> Mapping[str, Any]:
    return (await client.workflows.get_workflow(workflow_id)).slurm_defaults or {}


def scheduler(record: SlurmSchedulerModel, defaults: Mapping[str, Any]) -> BatchScheduler:
    """Return a scheduler with the defaults of its workflow. Raises TorcError for defaults that cannot be."""
    options = _options(defaults)
    own = {
        "account": record.account,
        "time": record.walltime,
        "nodes": str(record.nodes),
        "partition": record.partition,
        "qos": record.qos,
        "gres": record.gres,
        "mem": record.mem,
        "tmp": record.tmp,
        "ntasks-per-node": None if record.ntasks_per_node is None else str(record.ntasks_per_node),
    }
    options |= {name: value for name, value in own.items() if value}
    extra = record.extra or ""
    return BatchScheduler(
        id=id_of(record),
        workflow_id=record.workflow_id,
        scheduler_type=TYPE,
        name=record.name or f"scheduler {record.id}",
        nodes=record.nodes,
        walltime_seconds=_seconds(record.walltime),
        node=NodeAmounts(_cpus(options, extra), _megabytes(options.get("mem")), _gpus(options, extra)),
        options=options,
        extra=extra,
        one_at_a_time=bool(record.serialize_allocations),
        conflicts=conflicts(defaults, extra, one_at_a_time=bool(record.serialize_allocations)),
    )


def _options(defaults: Mapping[str, Any]) -> dict[str, str]:
    options: dict[str, str] = {}
    for key, value in defaults.items():
        name = key.replace("_", "-").lower() if len(key) > 1 else key
        if name in _NOT_DEFAULTS:
            raise TorcError(
                f"slurm_defaults has {key}, which cannot be the same for all allocations.",
                "Set it in the schedulers with `torc slurm update`, or remove it.",
            )
        if value is None or value is False:
            continue
        options[name] = "" if value is True else str(value)
    return options


def _seconds(walltime: str) -> int | None:
    try:
        return walltime_seconds(walltime)
    except ValueError:
        return None


def is_memory(text: str) -> bool:
    """Whether a text is an amount of memory as Slurm reads it."""
    return _MEMORY.fullmatch(text) is not None


def _megabytes(text: str | None) -> int | None:
    """Return an amount of `--mem`; None for the memory of the whole node."""
    found = _MEMORY.fullmatch(text or "")
    megabytes = int(int(found["number"]) * _MB[found["unit"].upper()]) if found else 0
    return megabytes or None


def _gpus(options: Mapping[str, str], extra: str) -> int | None:
    """Return the GPUs of a `--gres`; None if other options may request some, or if an allocation gets all of a node."""
    gres = options.get("gres")
    if gres:
        return sum(int(found["count"] or 1) for found in _GPUS.finditer(gres))
    others = " ".join([extra, *options, *options.values()]).lower()
    return None if "gpu" in others or "gres" in others or "exclusive" in others else 0


def _cpus(options: Mapping[str, str], extra: str) -> int | None:
    """Return the CPUs of a node if each task has a number of them; None if Slurm decides, or gives whole nodes."""
    if "exclusive" in options or "--exclusive" in extra:
        return None
    found = _CPUS.search(extra)
    for_task = found["count"] if found else options.get("cpus-per-task", options.get("c", ""))
    tasks = options.get("ntasks-per-node", "1")
    return int(for_task) * int(tasks) if for_task.isdigit() and tasks.isdigit() else None
