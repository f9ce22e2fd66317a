"""What an event says, as a sentence. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from torc_client.limit_words import limit
from torc_client.text import count, duration, rounded, with_ids

_Data = Mapping[str, Any]
_NAMED = 5
"""The jobs or ids that a sentence names."""
_LONGEST = 1000
"""The characters of a sentence. Users can store events of any length."""
_NAMES = ("action", "event_type", "type", "category")
"""The members that can have the name of an event, the most exact first."""


def event_sentence(data: object, event_type: str = "") -> str:
    """Return what an event says: its message, or a sentence for its type. Data of an unknown form are listed.

    `event_type` is that of an announcement; stored events have it in their data.
    """
    if isinstance(data, msgspec.Raw):
        data = msgspec.json.decode(bytes(data))
    if not isinstance(data, Mapping):
        return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    kind = event_type or str(data.get("event_type") or data.get("action") or data.get("category") or "")
    say = _SENTENCES.get(kind)
    try:
        found = say(data) if say is not None else ""
    except (KeyError, TypeError, ValueError):  # another program can store an event of the same name
        found = ""
    found = found or _message(data) or _members(data, event_type)
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 3]}..."


def _message(data: _Data) -> str:
    message = data.get("message")
    if not isinstance(message, str) or not message:
        return ""
    error = data.get("error")
    return f"{message}{_by(data)}{f': {error}' if isinstance(error, str) and error else ''}"


def _by(data: _Data) -> str:
    user = data.get("user")
    return f", by {user}" if isinstance(user, str) and user else ""


def _members(data: _Data, event_type: str) -> str:
    """Return the name of an event and its members, for an event without a sentence."""
    hidden = {*_NAMES, "user", "message", "workflow_id"}
    name = event_type or next((str(data[each]) for each in _NAMES if data.get(each)), "")
    listed = ", ".join(f"{key} {_value(value)}" for key, value in data.items() if key not in hidden)
    words = name.replace("_", " ")
    return f"{words}{': ' * bool(words and listed)}{listed}{_by(data)}"


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _user(data: _Data) -> str:
    return str(data["user"])


def _job(data: _Data) -> str:
    return f"Job {data['job_id']} ({data['job_name']})"


def _listed(values: Sequence[Any]) -> str:
    more = len(values) - _NAMED
    return ", ".join(map(str, values[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _started(data: _Data) -> str:
    return f"{_job(data)} started on compute node {data['compute_node_id']}"


def _ended(data: _Data) -> str:
    status, code = data["status"], data.get("return_code")
    if status == "pending_failed":
        return f"{_job(data)} failed with exit code {code}, and waits for a decision"
    return f"{_job(data)} {status}" + (f" with exit code {code}" if code else "")


def _node(data: _Data) -> str:
    return f"Compute node {data['compute_node_id']} on {data['hostname']}"


def _node_started(data: _Data) -> str:
    gpus = data.get("num_gpus")
    offer = f"{count('CPU', data['num_cpus'])}, {rounded(data['memory_gb'])} GiB"
    return f"{_node(data)} started: {offer}" + (f", {count('GPU', gpus)}" if gpus else "")


def _node_stopped(data: _Data) -> str:
    seconds = data.get("duration_seconds")
    return f"{_node(data)} ended" + (f" after {duration(seconds)}" if seconds else "")


def _allocation(data: _Data) -> str:
    scheduler_id = data.get("scheduler_id")
    which = "" if scheduler_id is None else f" {scheduler_id}"
    return f"Allocation{which} of {data['scheduler_type']} was recorded: {data['status']}"


def _canceled_allocations(data: _Data) -> str:
    ids = data["slurm_job_ids"]
    allocations = count("waiting allocation", data["num_canceled"])
    return f"The runner canceled {allocations} that no job needed: {_listed(ids)}"


def _run(data: _Data) -> str:
    return f"{_user(data)} started a run" + (" (forced)" if data.get("force") else "")


def _reset_jobs(data: _Data) -> str:
    return f"{_user(data)} reset {count('unsuccessful job' if data['failed_only'] else 'job', data['updated_count'])}"


def _reset_workflow(data: _Data) -> str:
    return f"{_user(data)} reset the workflow" + (", also its running jobs" if data.get("force") else "")


def _restarted(data: _Data) -> str:
    noun = "unsuccessful job" if data["scope"] == "unsuccessful" else "job"
    return f"{_user(data)} restarted {count(noun, data['updated_count'])}"


def _changed_inputs(data: _Data) -> str:
    names = data["reinitialized_jobs"]
    if not names:
        return f"{_user(data)} compared the inputs of jobs: none has changed"
    verb = "runs" if len(names) == 1 else "run"
    return f"{_user(data)} compared the inputs of jobs: {count('job', len(names))} {verb} again ({_listed(names)})"


def _archived(data: _Data) -> str:
    what = "archived the workflow" if data["is_archived"] else "restored the workflow from the archive"
    return f"{_user(data)} {what}"


def _failed_jobs(data: _Data) -> str:
    ids = data["job_ids"]
    which = with_ids("job", ids) if len(ids) <= _NAMED else count("job", len(ids))
    return f"{_user(data)} ended {which} as failed"


def _replanned(data: _Data) -> str:
    configs = count("scheduler configuration", len(data["scheduler_config_ids"]))
    return f"{_user(data)} planned the allocations again: {configs}"


def _requirements(data: _Data) -> str:
    gpus, nodes = data.get("num_gpus"), data.get("num_nodes") or 1
    amounts = [count("CPU", data["num_cpus"]), str(data["memory"]), limit(data["runtime"])]
    amounts += [count("GPU", gpus)] if gpus else []
    amounts += [count("node", nodes)] if nodes > 1 else []
    return f"{_user(data)} changed the requirements {data['name']}: {', '.join(amounts)}"


_RECOVERED = (
    ("oom_fixed", "more memory"),
    ("timeout_fixed", "more time"),
    ("unknown_retried", "the same requirements"),
)


def _recovered(data: _Data) -> str:
    retried = data["jobs_to_retry"]
    number = len(retried) if isinstance(retried, list) else retried
    parts = [f"{data[name]} with {what}" for name, what in _RECOVERED if data.get(name)]
    return f"Recovery made {count('job', number)} ready for run {data['run_id']}{': ' * bool(parts)}{', '.join(parts)}"


_SENTENCES: Mapping[str, Callable[[_Data], str]] = MappingProxyType(
    {
        "job_started": _started,
        **{f"job_{status}": _ended for status in ("completed", "failed", "canceled", "terminated", "pending_failed")},
        "compute_node_started": _node_started,
        "compute_node_stopped": _node_stopped,
        "scheduler_node_created": _allocation,
        "cancel_unneeded_pending_allocations": _canceled_allocations,
        "start_run": _run,
        "reset_job_status": _reset_jobs,
        "reset_workflow_status": _reset_workflow,
        "restart_jobs": _restarted,
        "process_changed_job_inputs": _changed_inputs,
        "archive_workflow": _archived,
        "fail_jobs": _failed_jobs,
        "replan_allocations": _replanned,
        "update_resource_requirements": _requirements,
        "recovery": _recovered,
    }
)
"""The events of Torc that have no message, by their type, action or category."""
