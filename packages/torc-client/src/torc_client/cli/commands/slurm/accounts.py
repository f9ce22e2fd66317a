"""`torc slurm sacct` and `torc slurm usage`: what Slurm's accounting has about the allocations of a workflow."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from torc_client.batch.slurm.programs import SlurmError
from torc_client.batch.slurm.sacct import Accounted, NothingAccountedError, accounted, documents
from torc_client.cli.commands.slurm.allocations import SlurmAllocations, allocations_of
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Record, Report
from torc_client.edge.output_files import make_folder, write_text
from torc_client.errors import TorcError
from torc_client.log_files.job_logs import USUAL_FOLDER
from torc_client.option_types import UserPath
from torc_client.text import count

_NOTHING = "No allocation of this workflow is known. `torc submit WORKFLOW_ID` requests some."


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of `torc slurm sacct`: the members of Torc 1.0, and the numbers behind its texts."""

    slurm_job_id: str
    job_step: str
    state: str
    exit_code: str
    elapsed: str
    max_rss: str | None
    cpu_time: str
    nodes: str
    name: str
    elapsed_seconds: int
    max_rss_bytes: int | None
    cpu_seconds: float


_COLUMNS = (
    Column("Slurm job", "slurm_job_id"),
    Column("Step", "job_step"),
    Column("State", "state"),
    Column("Exit code", "exit_code"),
    Column("Elapsed", "elapsed", right=True),
    Column("Max RSS", "max_rss", right=True),
    Column("CPU time", "cpu_time", right=True),
    Column("Nodes", "nodes"),
)


@command(is_list=True, short_help="List what Slurm's accounting has about the allocations of a workflow.")
@click.option(
    "-o", "--output-dir", type=UserPath(path_type=Path), default=USUAL_FOLDER, show_default=True,
    help="Folder for the files of --save-json.",
)  # fmt: skip
@click.option("--save-json", is_flag=True, help="Write `sacct_ID.json` with everything that sacct has, for each id.")
async def sacct(app: App, workflow_id: int | None, output_dir: Path, save_json: bool) -> Report:
    """List the steps of all allocations of a workflow with state, exit code, time, memory and nodes.

    An allocation without steps has one row, without a step. The default workflow is your
    newest one. The command asks the Slurm of this machine, so it runs where sacct runs.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        known = await allocations_of(client, workflow_id)
    found = await _accounted(known)
    saved = await asyncio.to_thread(_save, known.requests, output_dir) if save_json and known.requests else []
    with_steps = {each.allocation for each in found if each.step}
    rows = [_row(each) for each in found if each.step or each.allocation not in with_steps]
    errors = _missing(known, found)
    record: dict[str, Any] = {
        "workflow_id": workflow_id, "total_slurm_jobs": known.count, "summary": rows, "errors": errors,
    }  # fmt: skip
    if save_json:
        record["files"] = [str(path) for path in saved]
    sentences = [*errors, *([f"Wrote {', '.join(map(str, saved))}."] if saved else [])]
    return Report(record, Listing(rows, _COLUMNS, "step", "steps", title, _NOTHING), sentences)


@command(short_help="Sum the node hours and CPU hours of a workflow's allocations.")
async def usage(app: App, workflow_id: int | None) -> Record:
    """Sum the time that the allocations of a workflow have held their nodes, and the CPU time that they used.

    Allocations that still run count until now. The default workflow is your newest one. The
    command asks the Slurm of this machine, so it runs where sacct runs.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        known = await allocations_of(client, workflow_id)
    found = [each for each in await _accounted(known) if not each.step]
    node_seconds = sum(each.elapsed_seconds * each.num_nodes for each in found)
    cpu = sum(each.cpu_seconds for each in found)
    unknown = sum(1 for each in found if each.elapsed_seconds and not each.num_nodes)
    facts: dict[str, Any] = {
        "workflow_id": workflow_id,
        "total_slurm_jobs": known.count,
        "total_nodes": sum(each.num_nodes for each in found),
        "total_node_time": units(node_seconds),
        "total_node_time_seconds": node_seconds,
        "total_cpu_time": units(cpu),
        "total_cpu_time_seconds": cpu,
        "errors": _missing(known, found),
    }
    if unknown:
        facts["unknown_node_count_allocations"] = unknown
    shown = [name for name in facts if not name.endswith("_seconds") and (name != "errors" or facts["errors"])]
    return Record(facts, f"Usage of workflow {workflow_id}", members=shown)


for each in (sacct, usage):
    workflow_argument(each)


def units(seconds: float) -> str:
    """Return a duration as Torc 1.0 does here: 45s, 3m 5s, 2h 4m."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60}s"
    return f"{whole // 3600}h {whole // 60 % 60}m"


def _size(number: int | None) -> str | None:
    """Return a number of bytes as Torc 1.0 does here: 12.3MB. Its units are powers of 1024."""
    if number is None:
        return None
    amount, unit = float(number), 0
    while amount >= 1024 and unit < 4:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f}{('B', 'KB', 'MB', 'GB', 'TB')[unit]}" if unit else f"{number}B"


def _row(each: Accounted) -> _Row:
    # A number says nothing; the name of a step of a job has the ids of the job, its run and its attempt.
    step = each.name if each.step.isdigit() else each.step
    return _Row(
        str(each.allocation), step, each.state, each.exit_code, units(each.elapsed_seconds), _size(each.max_rss_bytes),
        units(each.cpu_seconds), each.nodes, each.name, each.elapsed_seconds, each.max_rss_bytes, each.cpu_seconds,
    )  # fmt: skip


async def _accounted(known: SlurmAllocations) -> list[Accounted]:
    try:
        return await asyncio.to_thread(accounted, known.requests)
    except NothingAccountedError as error:
        raise TorcError(
            "This cluster stores no accounting, so Slurm knows nothing about allocations that have ended.",
            "`torc results list` has the run times and memory that runners measured.",
        ) from error
    except SlurmError as error:
        raise TorcError(f"{error}.", "Run this command on a login node of the cluster.") from error


def _missing(known: SlurmAllocations, found: Sequence[Accounted]) -> list[str]:
    """Return a sentence for the allocations that are not in the accounting."""
    present = {each.allocation.request for each in found}
    missing = [request for request in known.requests if request not in present]
    if not missing:
        return []
    return [f"Slurm's accounting here does not have {count('allocation', len(missing))} of it: {', '.join(missing)}."]


def _save(requests: Sequence[str], folder: Path) -> list[Path]:
    try:
        found = documents(requests)
    except SlurmError as error:
        raise TorcError(f"{error}.", "Leave out --save-json.") from error
    written = []
    try:
        make_folder(folder, 0o755)
        for request, document in found.items():
            path = folder / f"sacct_{request}.json"
            write_text(path, json.dumps(msgspec.to_builtins(document), indent=2))
            written.append(path)
    except OSError as error:
        raise TorcError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    return written
