"""`torc results list --include-logs`, also `torc reports results`: results with their output files."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from torc_client.answers import id_of
from torc_client.api.records import ComputeNodeModel, ResultModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.look import PLAIN_LOOK, put_options_last
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.json import as_json
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.resource_commands import list_command
from torc_client.cli.framework.results import Listing, RawText, Record
from torc_client.cli.framework.vocabulary import RESULTS
from torc_client.client import TorcClient
from torc_client.log_files.names import AttemptId, runner_log, stdio_paths
from torc_client.option_types import UserPath
from torc_client.paging import iterate
from torc_client.text import count

_MISSING_NAMED = 3
_output_dir = click.option(
    "-o",
    "--output-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default="torc_output",
    show_default=True,
    help="Output folder of the runners.",
)


def _listing_command() -> click.Command:
    """Return the `list` command of the API document with the option for output files."""
    made = list_command(RESULTS)
    found: Callable[..., Coroutine[Any, Any, Listing]] = made.callback  # type: ignore[assignment]

    async def list_results(include_logs: bool, output_dir: Path, **given: Any) -> Listing | RawText:
        app = click.get_current_context().find_object(App)
        if not include_logs or app is None:
            return await found(**given)
        app.look = PLAIN_LOOK
        async with app.client() as client:
            given["workflow_id"] = workflow_id = await pick(client, given["workflow_id"])
            listing = await found(**given)
            return await with_logs(client, workflow_id, listing.items, output_dir, all_runs=bool(given["all_runs"]))

    made.callback = list_results
    help_text = "Print the results with the output files of the jobs, as JSON in every format."
    made.params.append(click.Option(["--include-logs"], is_flag=True, help=help_text))
    _output_dir(made)
    put_options_last(made)
    return made


results_list = _listing_command()


@command("results", short_help="Print results with their output files.")
@workflow_argument
@click.option("-j", "--job-id", "job_ids", type=int, multiple=True, help="Only this job. (Repeatable.)")
@click.option("--all-runs", is_flag=True, help="Also list results of earlier runs and attempts.")
@_output_dir
async def results_report(
    app: App, workflow_id: int | None, job_ids: tuple[int, ...], all_runs: bool, output_dir: Path
) -> RawText:
    """Print results with their output files, and which files are missing here, as JSON in every format."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        found = iterate(client.results.list_results, workflow_id=workflow_id, all_runs=all_runs)
        items = [result async for result in found if not job_ids or result.job_id in job_ids]
        return await with_logs(client, workflow_id, items, output_dir, all_runs=all_runs)


async def with_logs(
    client: TorcClient, workflow_id: int, results: Sequence[ResultModel], output_dir: Path, *, all_runs: bool
) -> RawText:
    """Add the paths of log files to results. The runner's log is that of the result's node.

    `stdout`, `stderr` and `runner_log` are absolute; `job_stdout`, `job_stderr` and `job_runner_log` begin with
    `output_dir` as given.
    """
    workflow = await client.workflows.get_workflow(workflow_id)
    nodes = await _nodes(client, workflow_id) if results else {}
    folder, records = await asyncio.to_thread(_located, results, output_dir, nodes)
    report = {
        "workflow_id": workflow_id,
        "workflow_name": workflow.name,
        "workflow_user": workflow.user,
        "all_runs": all_runs,
        "total_results": len(records),
        "output_dir": folder,
        "items": records,
    }
    _warn_of_missing(records)
    return RawText(as_json(Record(report)))


def _located(
    results: Sequence[ResultModel], output_dir: Path, nodes: Mapping[int, ComputeNodeModel]
) -> tuple[str, list[dict[str, Any]]]:
    records = []
    for result in results:
        attempt = AttemptId(result.workflow_id, result.job_id, result.run_id, result.attempt_id or 1)
        stdio = stdio_paths(output_dir, attempt)
        node = nodes.get(result.compute_node_id)
        log = runner_log(
            output_dir,
            node.hostname if node else "",
            result.workflow_id,
            result.run_id,
            node.scheduler if node else None,
        )
        paths = {"stdout": stdio.stdout, "stderr": stdio.stderr, "runner_log": log}
        records.append(
            {
                **msgspec.structs.asdict(result),
                "compute_node_type": node.compute_node_type if node else None,
                **{name: str(path.absolute()) for name, path in paths.items()},
                **{f"job_{name}": str(path) for name, path in paths.items()},
                "missing_files": [name for name, path in paths.items() if not path.exists()],
            }
        )
    return str(output_dir.absolute()), records


def _warn_of_missing(records: Sequence[Mapping[str, Any]]) -> None:
    missing = sorted({each[f"job_{name}"] for each in records for name in each["missing_files"]})
    if missing:
        more = f" and {len(missing) - _MISSING_NAMED} more" if len(missing) > _MISSING_NAMED else ""
        say(f"Warning: {count('file', len(missing))} missing here: {', '.join(missing[:_MISSING_NAMED])}{more}.")


async def _nodes(client: TorcClient, workflow_id: int) -> dict[int, ComputeNodeModel]:
    found = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id)
    return {id_of(node): node async for node in found}
