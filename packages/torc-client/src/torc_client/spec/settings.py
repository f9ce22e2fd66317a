"""The parts of a spec that are stored unchanged: settings of runners, and metadata."""

import json
import signal
from collections.abc import Iterable
from typing import Any

import msgspec

from torc_client.api.records import DynamicJobsConfig, ExecutionConfig, ResourceMonitorConfig, StdioConfig
from torc_client.shells import split_shell
from torc_client.spec.codes import Code
from torc_client.spec.monitoring import with_defaults
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record, check
from torc_client.spec.slurm import check_defaults

ONLY_DIRECT = ("limit_resources", "termination_signal", "sigterm_lead_seconds", "oom_exit_code")
ONLY_SLURM = ("srun_termination_signal", "enable_cpu_bind", "srun_tasks_per_node")
_MOST_EARLY_SECONDS = 65_535
# With these values, a setting says what the other mode does anyway.
WITHOUT_EFFECT = {"limit_resources": True, "enable_cpu_bind": False, "srun_tasks_per_node": 1}


def mode_of(workflow: Record) -> str:
    """Return how jobs are started: `direct` or `slurm`."""
    mode: str = workflow.get("execution_config", {}).get("mode", "direct")
    if mode == "auto":
        return "slurm" if workflow.get("slurm_schedulers") else "direct"
    return mode


def check_settings(workflow: Record, problems: Problems) -> None:
    """Check that the settings do not conflict and can be stored, so that creation does not fail because of them."""
    config = workflow.get("execution_config", {})
    mode = mode_of(workflow)
    if "slurm_worker_mpi_mode" in config:
        if "srun_mpi" in config:
            place, reason = "execution_config.slurm_worker_mpi_mode", "is another name of srun_mpi, which is set too"
            problems.add(Code.CONFLICTING_SETTINGS, place, reason, "remove one of them")
        config["srun_mpi"] = config.pop("slurm_worker_mpi_mode")
    for name in ONLY_SLURM if mode == "direct" else ONLY_DIRECT:
        if name in config and config[name] != WITHOUT_EFFECT.get(name):
            other = "slurm" if mode == "direct" else "direct"
            place, reason = f"execution_config.{name}", f"has no effect in mode {mode}"
            problems.add(Code.CONFLICTING_SETTINGS, place, reason, f"remove it, or set mode to {other}")
    if (
        mode == "direct"
        and "srun_mpi" in config
        and not any(each.get("start_one_worker_per_node") for each in workflow.get("actions", []))
    ):
        reason = "needs an action with start_one_worker_per_node, and the spec has none"
        problems.add(Code.CONFLICTING_SETTINGS, "execution_config.srun_mpi", reason, "add one, or remove srun_mpi")
    _check_shell(config.get("shell", "bash -c"), problems)
    _check_signals(config, problems)
    for job, setting in config.get("job_stdio_overrides", {}).items():
        check(setting, "stdio setting", f"execution_config.job_stdio_overrides.{job}", problems)
    workflow.setdefault("resource_monitor", {})  # callers that want no measurement remove it from the plan
    check_defaults(workflow.get("slurm_defaults", {}), problems)
    for index, file in enumerate(workflow.get("files", [])):
        if "identifier" in file and not workflow.get("enable_ro_crate"):
            place, fix = f"files[{index}].identifier", "set enable_ro_crate to true, or remove it"
            problems.add(Code.NEEDS_RO_CRATE, place, "is only used in RO-Crates", fix)
    _check_metadata(workflow, problems)


def _check_shell(shell: str, problems: Problems) -> None:
    try:
        program = split_shell(shell)[0]
        if program.startswith("~") or "$" in program:
            raise ValueError("has a ~ or $, which is not expanded")  # noqa: TRY301 - as the faults of its form
    except ValueError as error:
        fix = "write one such as 'bash -euo pipefail -c', or its whole path"
        problems.add(Code.INVALID_VALUE, "execution_config.shell", f"{shell!r} {error}", fix)


def _check_signals(config: Record, problems: Problems) -> None:
    name = config.get("termination_signal")
    if name is not None and not _is_signal(name):
        place = "execution_config.termination_signal"
        reason = f"{name!r} is not a valid signal"
        problems.add(Code.INVALID_SIGNAL, place, reason, "write a name such as SIGTERM or SIGINT")
    early = config.get("srun_termination_signal")
    if early is not None and not _is_early_signal(early):
        place = "execution_config.srun_termination_signal"
        fix = "write a signal and the seconds before the end at which srun sends it, such as TERM@120"
        problems.add(Code.INVALID_SIGNAL, place, f"{early!r} is not a signal of srun", fix)


def _is_signal(name: str) -> bool:
    """Return whether runners accept the name of a signal: `SIGTERM` or `TERM`."""
    return f"SIG{name.upper().removeprefix('SIG')}" in signal.Signals.__members__


def _is_early_signal(text: str) -> bool:
    """Return whether srun accepts a signal: `TERM@120`, with a name or a number, and at most 65535 seconds."""
    name, at, seconds = text.partition("@")
    is_time = seconds.isascii() and seconds.isdigit() and int(seconds) <= _MOST_EARLY_SECONDS
    is_number = name.isascii() and name.isdigit() and 0 < int(name) <= signal.SIGRTMAX
    return (is_time or not at) and (is_number or _is_signal(name))


def _check_metadata(workflow: Record, problems: Problems) -> None:
    """Check that metadata are a map, or the JSON text of one as in older specs."""
    metadata = workflow.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            metadata = None
    if isinstance(metadata, dict):
        workflow["metadata"] = metadata
    elif "metadata" in workflow:
        problems.add(Code.WRONG_TYPE, "metadata", "must be a map, or a text that is a JSON object")


def settings_of(workflow: Record, jobs: Iterable[Record]) -> dict[str, Any]:
    """Return the settings under the names of the server. Settings of single jobs become settings of the workflow."""
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
