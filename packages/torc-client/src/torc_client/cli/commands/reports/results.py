"""`torc results list --include-logs`, also `torc reports results`: results with their output files."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from torc_client.answers import id_of
from torc_client.api.records import ResultModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.resource_commands import list_command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.cli.framework.vocabulary import RESULTS
from torc_client.client import TorcClient
from torc_client.log_files.names import AttemptId, runner_log, stdio_paths
from torc_client.paging import iterate

_LOG_COLUMNS = (
    Column("Job", "job_id", right=True),
    Column("Name", "job_name"),
    Column("Status", "status"),
    Column("Return code", "return_code", right=True),
    Column("stdout", "stdout"),
    Column("stderr", "stderr"),
    Column("Runner's log", "runner_log"),
    Column("Missing files", "missing_files", ", ".join),
)
_output_dir = click.option(
    "-o",
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="torc_output",
    show_default=True,
    help="Output folder of the runners.",
)


def _listing_command() -> click.Command:
    """Return the `list` command of the API document with the option for output files."""
    made = list_command(RESULTS)
    found: Callable[..., Coroutine[Any, Any, Listing]] = made.callback  # type: ignore[assignment]

    async def list_results(include_logs: bool, output_dir: Path, **given: Any) -> Listing | Report:
        listing = await found(**given)
        if not include_logs:
            return listing
        app = click.get_current_context().find_object(App)
        if app is None:
            return listing
        async with app.client() as client:
            return await with_logs(client, listing, output_dir)

    made.callback = list_results
    made.params.append(click.Option(["--include-logs"], is_flag=True, help="Also list the output files of the jobs."))
    _output_dir(made)
    return made


results_list = _listing_command()


@command("results", short_help="List results with their output files.")
@workflow_argument
@click.option("-j", "--job-id", "job_ids", type=int, multiple=True, help="Only this job. (Repeatable.)")
@click.option("--all-runs", is_flag=True, help="Also list results of earlier runs and attempts.")
@_output_dir
async def results_report(
    app: App, workflow_id: int | None, job_ids: tuple[int, ...], all_runs: bool, output_dir: Path
) -> Report:
    """List results with their output files, and show which files are missing here."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        found = iterate(client.results.list_results, workflow_id=workflow_id, all_runs=all_runs)
        items = [result async for result in found if not job_ids or result.job_id in job_ids]
        title = await named(client, workflow_id)
        listing = Listing(items, (), RESULTS.singular, RESULTS.plural, title, RESULTS.when_empty)
        return await with_logs(client, listing, output_dir)


async def with_logs(client: TorcClient, listing: Listing, output_dir: Path) -> Report:
    """Add the paths of log files to results. Paths are absolute; the runner's log is that of the result's node."""
    hosts = await _hosts(client, listing.items)
    folder, records = await asyncio.to_thread(_located, listing.items, output_dir, hosts)
    shown = Listing(
        [_Line(record) for record in records], _LOG_COLUMNS, listing.singular, listing.plural, listing.title,
        listing.when_empty,
    )  # fmt: skip
    return Report({"output_dir": folder, "items": records}, shown)


def _located(
    results: Sequence[ResultModel], output_dir: Path, hosts: Mapping[int, str]
) -> tuple[str, list[dict[str, Any]]]:
    folder = output_dir.absolute()
    records = []
    for result in results:
        attempt = AttemptId(result.workflow_id, result.job_id, result.run_id, result.attempt_id or 1)
        stdio = stdio_paths(folder, attempt)
        log = runner_log(folder, hosts.get(result.compute_node_id, ""), result.workflow_id, result.run_id)
        paths = {"stdout": stdio.stdout, "stderr": stdio.stderr, "runner_log": log}
        missing = [name for name, path in paths.items() if not path.exists()]
        texts = {name: str(path) for name, path in paths.items()}
        records.append({**msgspec.structs.asdict(result), **texts, "missing_files": missing})
    return str(folder), records


class _Line:
    """A record with its fields as attributes, as listings require."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.__dict__ = record


async def _hosts(client: TorcClient, results: Sequence[ResultModel]) -> dict[int, str]:
    """Return the host names of the nodes of these results."""
    if not results:
        return {}
    nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=results[0].workflow_id)
    return {id_of(node): node.hostname async for node in nodes}
