"""`torc slurm parse-logs`."""

import asyncio
from pathlib import Path

import click
import msgspec

from torc_client.cli.commands.slurm.allocations import SLURM, allocations_of
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.log_files.issues import MOST_OF_A_FILE, JobsOfAllocations, Parsed, issues_in, wanted
from torc_client.log_files.sources import logs, workflows_in
from torc_client.option_types import UserPath
from torc_client.paging import iterate
from torc_client.text import count

_COLUMNS = (
    Column("Severity", "severity"),
    Column("Slurm job", "slurm_job_id"),
    Column("Jobs", "affected_jobs", lambda jobs: ", ".join(each["job_name"] or str(each["job_id"]) for each in jobs)),
    Column("Node", "node"),
    Column("Meaning", "pattern_description"),
    Column("Line", "line"),
    Column("File", "file"),
    Column("Number", "line_number", right=True),
)
_IMPORTANCE = ("severity", "slurm_job_id", "pattern_description", "affected_jobs", "node")
_NAMED = 5


@command("parse-logs", is_list=True, short_help="Find known problems in the output of allocations.")
@click.argument("folder", metavar="DIR", type=UserPath(path_type=Path, file_okay=False))
@click.option("-w", "--workflow-id", type=int, help="Workflow.  [default: the only one with logs in DIR]")
@click.option("--errors-only", is_flag=True, help="Leave out warnings.")
async def parse_logs(app: App, folder: Path, workflow_id: int | None, errors_only: bool) -> Report:
    """List the lines with known problems in the output of a workflow's allocations and of their jobs.

    DIR is the output folder of `torc submit`. Each line is listed with its allocation, the affected jobs and its
    meaning. `torc logs analyze` counts the problems, and also reads the logs of runners.
    """
    workflow_id = workflow_id if workflow_id is not None else _only_workflow(folder)
    async with app.client() as client:
        known = await allocations_of(client, workflow_id)
        jobs = await _jobs(client, workflow_id) if known.count else JobsOfAllocations({}, {})
    found = Parsed()
    if known.count:
        found = await asyncio.to_thread(
            lambda: issues_in(wanted(logs(folder, workflow_id)), jobs, errors_only=errors_only)
        )
    total = found.errors + found.warnings
    record = {
        "workflow_id": workflow_id, "output_dir": str(folder), "slurm_jobs_count": known.count,
        "files_scanned": found.files, "total_issues": total, "errors": found.errors, "warnings": found.warnings,
        "issues": found.issues,
    }  # fmt: skip
    sentences = []
    if not known.count:
        sentences.append(f"The server knows no Slurm allocation of workflow {workflow_id}, so no file was read.")
    else:
        if total > len(found.issues):
            sentences.append(f"Only the first {MOST_OF_A_FILE} lines of each file are listed.")
        sentences.append(
            f"{count('file', found.files)} of {count('allocation', known.count)} read:"
            f" {count('error', found.errors)}, {count('warning', found.warnings)}."
        )
    return Report(record, Listing(found.issues, _COLUMNS, "issue", "issues", importance=_IMPORTANCE), sentences)


def _only_workflow(folder: Path) -> int:
    """Return the workflow whose logs are in the folder. Raises TorcError unless there is one."""
    if not folder.is_dir():
        raise TorcError(f"There is no folder {folder}.", "Name the output folder of `torc submit`.")
    present = workflows_in(folder)
    if len(present) == 1:
        return present[0]
    if not present:
        raise TorcError(f"{folder} has no log files of a workflow.", "Name the output folder of `torc submit`.")
    shown = f"{', '.join(map(str, present[:_NAMED]))}{' ...' * (len(present) > _NAMED)}"
    raise TorcError(f"{folder} has logs of workflows {shown}.", "Choose one with --workflow-id.")


async def _jobs(client: TorcClient, workflow_id: int) -> JobsOfAllocations:
    names = {job.id or 0: job.name async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id)}
    allocation_of: dict[int, str] = {}
    async for node in iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id):
        scheduler = msgspec.to_builtins(node.scheduler)
        if node.id and isinstance(scheduler, dict) and scheduler.get("type") == SLURM:
            allocation_of[node.id] = str(scheduler.get("slurm_job_id"))
    ran: dict[str, set[int]] = {}
    async for result in iterate(client.results.list_results, workflow_id=workflow_id, all_runs=True):
        if result.compute_node_id in allocation_of:
            ran.setdefault(allocation_of[result.compute_node_id], set()).add(result.job_id)
    return JobsOfAllocations(names, {allocation: sorted(ids) for allocation, ids in ran.items()})
