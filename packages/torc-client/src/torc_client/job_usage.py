"""What an attempt of a job used, compared with what the job requires; and the environment variables of a job. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from torc_client.api.records import ResourceRequirementsModel, ResultModel
from torc_client.recovery.amounts import duration_seconds, memory_bytes
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.text import duration, size


@dataclass(frozen=True)
class Use:
    """An amount that the job used, and the one that it required. `percent` is None if nothing was required."""

    caption: str
    used: str
    required: str
    percent: float | None

    @property
    def width(self) -> float:
        """The width of the bar, of 100."""
        return min(100.0, self.percent or 0.0)


@dataclass(frozen=True)
class Variable:
    """An environment variable that the job has, and its workflow has not, or with the value `instead_of`."""

    name: str
    value: str
    instead_of: str | None


def uses_of(result: ResultModel | None, requirements: ResourceRequirementsModel | None) -> tuple[Use, ...]:
    """Compare what an attempt used with what its job requires."""
    if requirements is None:
        return ()
    if requirements.name == DEFAULT_NAME:  # the server's values, which are not a limit
        requirements = ResourceRequirementsModel(workflow_id=requirements.workflow_id, name=DEFAULT_NAME)
    memory = memory_bytes(requirements.memory) if requirements.memory else None
    runtime = duration_seconds(requirements.runtime) if requirements.runtime else None
    cpus, gpus, nodes = requirements.num_cpus or 0, requirements.num_gpus or 0, requirements.num_nodes or 1
    peak = (result.peak_memory_bytes if result else None) or None
    cpu = (result.peak_cpu_percent if result else None) or None
    seconds = result.exec_time_minutes * 60 if result else None
    took = "" if seconds is None else duration(seconds)
    rows = (
        Use("Memory", size(peak) if peak else "", requirements.memory or "", _percent(peak, memory)),
        Use("CPU", f"{cpu:.0f} %" if cpu else "", f"{cpus} CPU" if cpus else "", _percent(cpu, cpus * 100)),
        Use("Time", took, "" if runtime is None else duration(runtime), _percent(seconds, runtime)),
        Use("GPUs", "", str(gpus) if gpus else "", None),
        Use("Nodes", "", str(nodes) if nodes > 1 else "", None),
    )
    return tuple(row for row in rows if row.used or row.required)


def _percent(used: float | None, required: float | None) -> float | None:
    return None if used is None or not required else round(100 * used / required, 1)


def own_variables(own: Mapping[str, str] | None, shared: Mapping[str, str] | None) -> tuple[Variable, ...]:
    """Return the variables of a job that its workflow does not have, or has with another value, by name."""
    others = shared or {}
    return tuple(
        Variable(name, value, others.get(name))
        for name, value in sorted((own or {}).items())
        if others.get(name) != value
    )
