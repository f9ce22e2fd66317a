"""Triggers and types of actions, and their configurations."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from torc_server.engine.errors import Conflict, RuleBroken


class TriggerType(StrEnum):
    """The trigger that is counted. Actions with another trigger are stored and never become pending."""

    WORKFLOW_START = "on_workflow_start"
    WORKFLOW_COMPLETE = "on_workflow_complete"
    JOBS_READY = "on_jobs_ready"
    JOBS_COMPLETE = "on_jobs_complete"
    WORKER_START = "on_worker_start"
    WORKER_COMPLETE = "on_worker_complete"


class ActionType(StrEnum):
    """The type of an action. The configuration of other types is checked by runners."""

    RUN_COMMANDS = "run_commands"
    SCHEDULE_NODES = "schedule_nodes"


JOB_TRIGGERS = frozenset({TriggerType.JOBS_READY, TriggerType.JOBS_COMPLETE})
SCHEDULE_NODES_MEMBERS: Mapping[str, type] = {
    "scheduler_id": int,
    "scheduler_type": str,
    "num_allocations": int,
    "start_one_worker_per_node": bool,
    "max_parallel_jobs": int,
}
_KINDS = {int: "a whole number", str: "a text", bool: "true or false"}


def require_config(action_type: str, config: Any) -> None:
    """Raise RuleBroken for a configuration that no runner can carry out."""
    if not isinstance(config, dict):
        raise bad_config("must be a JSON object", config)
    if action_type == ActionType.RUN_COMMANDS:
        commands = config.get("commands")
        is_list = isinstance(commands, list) and commands and all(isinstance(each, str) for each in commands)
        if set(config) != {"commands"} or not is_list:
            raise bad_config("of run_commands has exactly one member, commands: a list of at least one text", config)
    elif action_type == ActionType.SCHEDULE_NODES:
        unknown = sorted(set(config) - set(SCHEDULE_NODES_MEMBERS))
        if unknown:
            known = ", ".join(SCHEDULE_NODES_MEMBERS)
            raise bad_config(f"of schedule_nodes has no member {unknown[0][:60]!r}; there are {known}", config)
        for name, value in config.items():
            # In Python, True is an instance of int.
            if value is not None and type(value) is not SCHEDULE_NODES_MEMBERS[name]:
                raise bad_config(f"of schedule_nodes has {_KINDS[SCHEDULE_NODES_MEMBERS[name]]} as {name}", config)


def bad_config(rule: str, config: Any) -> RuleBroken:
    """Return the error for a configuration that breaks a rule."""
    return RuleBroken(f"The action_config {rule}", field="action_config", value=json.dumps(config))


def require_open(action: Mapping[str, Any]) -> None:
    """Raise Conflict for an action that was carried out; its record documents what happened."""
    if action["executed"]:
        raise Conflict(f"Action {action['id']} was already carried out; it can neither be changed nor deleted")


def changed_config(stored: Mapping[str, Any], changes: Any) -> dict[str, Any]:
    """Return the configuration of an action with changed members; null removes one. Raises RuleBroken."""
    if not isinstance(changes, dict):
        raise bad_config("must be a JSON object", changes)
    config = {name: value for name, value in {**stored["action_config"], **changes}.items() if value is not None}
    require_config(stored["action_type"], config)
    return config


def required_triggers(trigger_type: str, job_ids: Sequence[int] | None) -> int:
    """Return the required number of triggers: one, or the number of named jobs."""
    return len(set(job_ids)) if trigger_type in JOB_TRIGGERS and job_ids is not None else 1
