"""The options `--async` and `--wait-timeout` of commands that the server can continue in the background."""

from collections.abc import Callable
from typing import Any

import click

from torc_client.api.enums import TaskStatus
from torc_client.api.records import TaskModel
from torc_client.option_types import FiniteRange

_OPTIONS = (
    click.option(
        "--async", "as_task", is_flag=True, help="Compare files, then let the server work: print the task id."
    ),
    click.option(
        "--wait-timeout",
        "wait_seconds",
        type=FiniteRange(min=0),
        metavar="SECONDS",
        help="Exit with code 1 after this time. The server completes the task.",
    ),
)


def background_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options to a command, with the parameters `as_task` and `wait_seconds`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def require_one_of(as_task: bool, wait_seconds: float | None) -> None:
    """Raise UsageError if both options are used."""
    if as_task and wait_seconds is not None:
        raise click.UsageError("--async does not wait; remove --wait-timeout.")


def task_facts(task: TaskModel | None) -> dict[str, Any]:
    """Return the members of JSON output that describe the task of a command. Without a task, the command did it all."""
    if task is None:
        return {"task_id": None, "task_operation": None, "task_status": TaskStatus.SUCCEEDED, "error": None}
    return {
        "task_id": task.id, "task_operation": task.operation, "task_status": task.status, "error": task.error,
    }  # fmt: skip
