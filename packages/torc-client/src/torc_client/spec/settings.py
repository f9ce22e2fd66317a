"""The parts of a spec that are stored as they are: settings of runners, and what the owner wants to keep."""

import json
import signal
from collections.abc import Iterable
from typing import Any

import msgspec

from torc_client.api.records import DynamicJobsConfig, ExecutionConfig, ResourceMonitorConfig, StdioConfig
from torc_client.spec.monitoring import with_defaults
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record, check
from torc_client.spec.slurm import check_defaults

ONLY_DIRECT = ("limit_resources", "termination_signal", "sigterm_lead_seconds", "oom_exit_code")
ONLY_SLURM = ("srun_termination_signal", "enable_cpu_bind")


def mode_of(workflow: Record) -> str:
    """How jobs are started: `direct` or `slurm`."""
    mode: str = workflow.get("execution_config", {}).get("mode", "direct")
    if mode == "auto":
        return "slurm" if workflow.get("slurm_schedulers") else "direct"
    return mode


def check_settings(workflow: Record, problems: Problems) -> None:
    """See that the settings fit together and can be stored, so that creation does not stumble over them."""
    config = workflow.get("execution_config", {})
    mode = mode_of(workflow)
    if "slurm_worker_mpi_mode" in config:
        if "srun_mpi" in config:
            problems.add("execution_config.slurm_worker_mpi_mode", "says what srun_mpi says; take one of them out")
        config["srun_mpi"] = config.pop("slurm_worker_mpi_mode")
    for name in ONLY_SLURM if mode == "direct" else ONLY_DIRECT:
        if name in config:
            other = "slurm" if mode == "direct" else "direct"
            problems.add(f"execution_config.{name}", f"is for mode {other}; take it out, or set mode to {other}")
    if "srun_mpi" in config and not any(each.get("start_one_worker_per_node") for each in workflow.get("actions", [])):
        problems.add("execution_config.srun_mpi", "has no action with start_one_worker_per_node, which it needs")
    name = config.get("termination_signal")
    if name is not None and not _is_signal(name):
        place = "execution_config.termination_signal"
        problems.add(place, f"{name!r} is no signal; write a name such as SIGTERM or SIGINT")
    for job, wanted in config.get("job_stdio_overrides", {}).items():
        check(wanted, "stdio setting", f"execution_config.job_stdio_overrides.{job}", problems)
    workflow.setdefault("resource_monitor", {})  # whoever wants nothing measured takes it out of the plan
    check_defaults(workflow.get("slurm_defaults", {}), problems)
    for index, file in enumerate(workflow.get("files", [])):
        if "identifier" in file and not workflow.get("enable_ro_crate"):
            problems.add(f"files[{index}].identifier", "is for RO-Crates; set enable_ro_crate to true, or take it out")
    _check_metadata(workflow, problems)


def _is_signal(name: str) -> bool:
    """Whether it names a signal as runners understand it: `SIGTERM` or `TERM`."""
    return f"SIG{name.upper().removeprefix('SIG')}" in signal.Signals.__members__


def _check_metadata(workflow: Record, problems: Problems) -> None:
    """A map, or the text of one, as older specs have it."""
    metadata = workflow.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            metadata = None
    if isinstance(metadata, dict):
        workflow["metadata"] = metadata
    elif "metadata" in workflow:
        problems.add("metadata", "must be a map, or a text that is a JSON object")


def settings_of(workflow: Record, jobs: Iterable[Record]) -> dict[str, Any]:
    """The settings under the names that the server has for them. What single jobs want is one of the workflow's."""
    settings = workflow.get("execution_config")
    config = None if settings is None else msgspec.convert(settings, ExecutionConfig)
    overrides = {job["name"]: msgspec.convert(job["stdio"], StdioConfig) for job in jobs if "stdio" in job}
    if overrides:
        config = config or ExecutionConfig()
        config = msgspec.structs.replace(
            config, job_stdio_overrides={**(config.job_stdio_overrides or {}), **overrides}
        )
    dynamic_jobs, monitor = workflow.get("dynamic_jobs"), workflow.get("resource_monitor")
    return {
        "execution_config": config,
        "resource_monitor_config": (
            None if monitor is None else with_defaults(msgspec.convert(monitor, ResourceMonitorConfig))
        ),
        "dynamic_jobs": None if dynamic_jobs is None else msgspec.convert(dynamic_jobs, DynamicJobsConfig),
        "metadata": workflow.get("metadata"),
    }
