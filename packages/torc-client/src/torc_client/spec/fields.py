"""The words of the language: every object of a spec, its fields, and what each may hold, as data."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    TEXTS = "a list of texts"
    WHOLE = "a whole number"
    FLAG = "true or false"
    ENVIRONMENT = "a map of texts"
    PARAMETERS = "a map of parameters"
    OBJECTS = "a list of objects"
    NUMBERS = "a list of whole numbers"
    MAP = "a map"
    JSON = "any JSON value"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `of` names the kind of object where it holds objects; `least` bounds whole numbers."""

    kind: Kind
    required: bool = False
    of: str = ""
    least: int | None = None
    choices: tuple[str, ...] = ()


TEXT, TEXTS, FLAG, JSON = Field(Kind.TEXT), Field(Kind.TEXTS), Field(Kind.FLAG), Field(Kind.JSON)
NAME = Field(Kind.TEXT, required=True)
WHOLE = Field(Kind.WHOLE, least=0)
PARAMETERIZED = {
    "parameters": Field(Kind.PARAMETERS),
    "parameter_mode": Field(Kind.TEXT, choices=("product", "zip")),
    "use_parameters": TEXTS,
}

OBJECTS: dict[str, dict[str, Field]] = {
    "workflow": {
        "name": NAME,
        "jobs": Field(Kind.OBJECTS, required=True, of="job"),
        "user": TEXT,
        "description": TEXT,
        "project": TEXT,
        "metadata": JSON,
        "parameters": Field(Kind.PARAMETERS),
        "files": Field(Kind.OBJECTS, of="file"),
        "user_data": Field(Kind.OBJECTS, of="user data record"),
        "resource_requirements": Field(Kind.OBJECTS, of="resource requirements record"),
        "env": Field(Kind.ENVIRONMENT),
        "failure_handlers": Field(Kind.OBJECTS, of="failure handler"),
        "actions": Field(Kind.OBJECTS, of="action"),
        "execution_config": Field(Kind.MAP),
        "resource_monitor": Field(Kind.MAP),
        "use_pending_failed": FLAG,
        "jobs_sort_method": Field(Kind.TEXT, choices=("gpus_runtime_memory", "gpus_memory_runtime", "none")),
        "compute_node_expiration_buffer_seconds": WHOLE,
        "compute_node_wait_for_new_jobs_seconds": WHOLE,
        "compute_node_ignore_workflow_completion": FLAG,
        "compute_node_wait_for_healthy_database_minutes": WHOLE,
        "compute_node_min_time_for_new_jobs_seconds": WHOLE,
    },
    "job": {
        "name": NAME,
        "command": NAME,
        "invocation_script": TEXT,
        "depends_on": TEXTS,
        "depends_on_regexes": TEXTS,
        "input_files": TEXTS,
        "input_file_regexes": TEXTS,
        "output_files": TEXTS,
        "output_file_regexes": TEXTS,
        "input_user_data": TEXTS,
        "input_user_data_regexes": TEXTS,
        "output_user_data": TEXTS,
        "output_user_data_regexes": TEXTS,
        "resource_requirements": TEXT,
        "failure_handler": TEXT,
        "stdio": Field(Kind.MAP),
        "cancel_on_blocking_job_failure": FLAG,
        "supports_termination": FLAG,
        "priority": WHOLE,
        "env": Field(Kind.ENVIRONMENT),
        **PARAMETERIZED,
    },
    "file": {"name": NAME, "path": NAME, **PARAMETERIZED},
    "user data record": {"name": NAME, "data": JSON, "is_ephemeral": FLAG},
    "resource requirements record": {
        "name": NAME,
        "num_cpus": Field(Kind.WHOLE, required=True, least=1),
        "memory": NAME,
        "num_gpus": WHOLE,
        "num_nodes": Field(Kind.WHOLE, least=1),
        "runtime": TEXT,
    },
    "failure handler": {"name": NAME, "rules": Field(Kind.OBJECTS, required=True, of="rule")},
    "rule": {
        "exit_codes": Field(Kind.NUMBERS),
        "match_all_exit_codes": FLAG,
        "recovery_script": TEXT,
        "max_retries": Field(Kind.WHOLE, least=1),
    },
    "action": {
        "trigger_type": Field(
            Kind.TEXT,
            required=True,
            choices=(
                "on_workflow_start",
                "on_workflow_complete",
                "on_jobs_ready",
                "on_jobs_complete",
                "on_worker_start",
                "on_worker_complete",
            ),
        ),
        "action_type": Field(Kind.TEXT, required=True, choices=("run_commands", "schedule_nodes")),
        "jobs": TEXTS,
        "job_name_regexes": TEXTS,
        "commands": TEXTS,
        "persistent": FLAG,
    },
}

# Words of the language whose feature is not there yet: refused, since a spec that is silently run without them would
# do something else than it says.
LATER: dict[str, frozenset[str]] = {
    "workflow": frozenset(
        {
            "access_groups", "datasets", "dynamic_jobs", "enable_ro_crate", "parameters_file",
            "slurm_defaults", "slurm_schedulers", "use_parameters_file", "variables",
        }
    ),
    "job": frozenset(
        {
            "input_datasets", "label", "output_datasets", "parameters_file", "scheduler", "use_parameters_file",
        }
    ),
    "file": frozenset({"identifier", "parameters_file", "use_parameters_file"}),
    "user data record": frozenset({"parameter_mode", "parameters", "parameters_file", "use_parameters"}),
    "resource requirements record": frozenset(),
    "failure handler": frozenset(),
    "rule": frozenset(),
    "action": frozenset(
        {"max_parallel_jobs", "num_allocations", "scheduler", "scheduler_type", "start_one_worker_per_node"}
    ),
}  # fmt: skip
