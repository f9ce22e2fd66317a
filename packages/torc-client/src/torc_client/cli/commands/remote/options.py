"""What the commands of `torc remote` have in common."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from torc_client.cli.framework.context import App
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress, parse_worker
from torc_client.remote.agent.bootstrap import AgentProgram
from torc_client.remote.worker_list import workers_of_file

max_parallel_ssh = click.option(
    "--max-parallel-ssh",
    type=click.IntRange(min=1),
    default=ssh.MAX_PARALLEL,
    show_default=True,
    help="Connect to at most this number of machines at once.",
)

no_output_dir_needed = click.option(
    "--output-dir",
    expose_value=False,
    hidden=True,
    help="Accepted for scripts of Torc 1.0: the machines know the folders of their workers.",
)


def agent_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose torc on the machines. The command gets `program`."""

    @click.option(
        "--torc-bin",
        metavar="FILE",
        default="",
        help="Path of torc there.  [default: torc in PATH, or that of the start]",
    )
    @click.option(
        "--prologue",
        metavar="COMMANDS",
        default="",
        help="Commands that run there before torc, for example 'module load torc'.",
    )
    @functools.wraps(function)
    def with_program(*arguments: Any, torc_bin: str, prologue: str, **options: Any) -> Any:
        return function(*arguments, program=AgentProgram(torc_bin, prologue), **options)

    return with_program


def require_lasting_server(app: App) -> None:
    """Raise TorcError if the server ends with this command: the workers need it longer."""
    if app.standalone is not None:
        raise TorcError(
            "The server of --standalone ends with this command, and the workers would lose it.",
            "Start a server: torc-server run --host 0.0.0.0; then repeat the command without -s.",
        )


async def stored_workers(client: TorcClient, workflow_id: int, *, may_be_none: bool = False) -> list[WorkerAddress]:
    """Return the workers of a workflow. Raises TorcError if there are none, or one is not an address."""
    stored = await client.remote_workers.list_remote_workers(workflow_id)
    if not stored and not may_be_none:
        raise TorcError(
            f"Workflow {workflow_id} has no remote workers.", f"Add some: torc remote add-workers {workflow_id} HOST..."
        )
    return [parse_worker(worker.worker) for worker in stored]


def workers_in(file: Path) -> list[WorkerAddress]:
    """Return the workers in a file, one on each line. Raises TorcError with the line of one that is wrong."""
    try:
        return workers_of_file(str(file), file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text in UTF-8"
        raise TorcError(f"{file} cannot be read: {reason}.", "Name a file with one machine on each line.") from error
