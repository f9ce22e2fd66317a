"""Options of the commands that request allocations, and checks before they do."""

from collections.abc import Callable
from pathlib import Path

import click
from click.core import ParameterSource

from torc_client.api.records import ExecutionConfig, ResourceRequirementsModel, WorkflowModel
from torc_client.batch.fitting import Requirements, Reserve, shortfalls
from torc_client.batch.node_url import require_tcp
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission_checks import with_memory_of_nodes
from torc_client.batch.submit_options import DEFAULT_FOLDER, SubmitOptions
from torc_client.cli.framework.context import App
from torc_client.cli.framework.output.show import say
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.option_types import FiniteRange, UserPath
from torc_client.paging import iterate
from torc_client.spec.quantities import duration_seconds, memory_bytes

# From the record of a submission on, an outage of the server would leave it without an answer.
PATIENCE_SECONDS = 60.0
# Requirements that the server gives to jobs without any.
_RESERVED = "default"
_SERVER = "Start a server with `torc-server run --host` and the name of this machine, and use --url or TORC_API_URL."


def runner_options(
    *, output: tuple[str, ...], max_parallel_jobs: tuple[str, ...]
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Add the options for the runners in allocations, with these names."""
    options = (
        click.option(
            *output, "output_dir", type=UserPath(file_okay=False, path_type=Path), default=DEFAULT_FOLDER,
            show_default=True, help="Folder for scripts, logs and the output of jobs.",
        ),
        click.option(
            "-p", "--poll-interval", "poll_interval_seconds", type=FiniteRange(min=0, min_open=True),
            metavar="SECONDS", help="Longest time that a runner waits in one request.",
        ),
        click.option(
            *max_parallel_jobs, "max_parallel_jobs", type=click.IntRange(min=1),
            help="Maximum number of jobs that a runner runs at the same time.  [default: by resources]",
        ),
        click.option(
            "--claim-backoff-max-secs", "claim_backoff_max_seconds", type=FiniteRange(min=0, min_open=True),
            metavar="SECONDS", help="Longest time that a runner waits between claims that get no job.",
        ),
    )  # fmt: skip

    def add(function: Callable[..., object]) -> Callable[..., object]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def submit_options(
    app: App,
    output_dir: Path,
    *,
    poll_interval_seconds: float | None,
    max_parallel_jobs: int | None,
    claim_backoff_max_seconds: float | None,
    name_prefix: str = "",
    start_one_worker_per_node: bool = False,
) -> SubmitOptions:
    """Return the options of a submission, with the settings for what the command line does not have.

    An output folder of the command line is in the current directory. The default can be in another working folder.
    """
    prologue = app.settings["slurm.prologue"].value
    return SubmitOptions(
        output_folder=output_dir if _is_default("output_dir") else output_dir.absolute(),
        poll_interval_seconds=poll_interval_seconds or app.settings["slurm.poll_interval"].value,
        max_parallel_jobs=max_parallel_jobs,
        claim_backoff_max_seconds=claim_backoff_max_seconds,
        name_prefix=name_prefix,
        start_one_worker_per_node=start_one_worker_per_node,
        prologue=str(prologue).splitlines() if prologue else (),
        runner_program=app.settings["slurm.runner_program"].value,
    )


def _is_default(parameter: str) -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source(parameter) is ParameterSource.DEFAULT


def require_reachable(app: App) -> None:
    """Raise TorcError, before any request, if the server ends with this command or has no address."""
    if app.standalone is not None:
        raise TorcError("The server of --standalone ends with this command, before any allocation starts.", _SERVER)
    require_tcp(app.url)


async def warn(
    client: TorcClient, workflow: WorkflowModel, schedulers: list[BatchScheduler], *, by_resources: bool = True
) -> None:
    """Print warnings about jobs that fit no allocation. Raises TorcError."""
    execution = workflow.execution_config or ExecutionConfig()
    reserve = Reserve(execution.sigterm_lead_seconds, execution.sigkill_headroom_seconds)
    pages = iterate(client.resource_requirements.list_resource_requirements, workflow_id=workflow.id)
    needs = [_need(record) async for record in pages if record.name != _RESERVED] if by_resources else []
    for sentence in shortfalls(await with_memory_of_nodes(schedulers), needs, reserve):
        say(f"Warning: {sentence}")


def _need(record: ResourceRequirementsModel) -> Requirements:
    return Requirements(
        record.name,
        record.num_cpus or 1,
        memory_bytes(record.memory or "0") / 2**20,
        record.num_gpus or 0,
        record.num_nodes or 1,
        duration_seconds(record.runtime or "PT0S"),
    )
