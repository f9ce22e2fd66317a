"""The options of `torc run` that choose jobs of the workflow, and what they do before the run."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from torc_client.text import count

if TYPE_CHECKING:
    from torc_client.client import TorcClient
    from torc_client.spec import Plan
    from torc_client.workflow_operations.partial_run import PartialRun

_OPTIONS = (
    click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="JOB",
        help="Run only this job and the jobs that it needs; disable the others until a run without --target. JOB is a "
        "name, a pattern ('fit_*'), a group ('fit_#') or an id. (Repeatable.)",
    ),
    click.option(
        "--retry-failed",
        "retries_failed",
        is_flag=True,
        help="First make the failed, terminated and canceled jobs of the workflow ready again, and their dependents.",
    ),
)


def scope_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, with the names of the members of Scope."""
    for decorate in reversed(_OPTIONS):
        function = decorate(function)
    return function


class Scope(Struct, frozen=True):
    """The jobs of the workflow that a run is for. By default, all that have not ended."""

    retries_failed: bool = False
    """Whether unsuccessful jobs are made ready again. For a workflow that exists."""
    targets: tuple[str, ...] = ()
    """Only these jobs, and the jobs that they need."""

    def check(self, plan: "Plan", source: str | Mapping[str, Any] | None) -> None:
        """Check the options before the workflow of a specification is created. Raises UsageError, TorcError."""
        from torc_client.workflow_operations.partial_run import matching  # noqa: PLC0415 - help needs no network

        if self.retries_failed:
            raise click.UsageError(
                f"--retry-failed needs the id of a workflow. {source} is a spec file, from which a new workflow "
                "without failed jobs is created. `torc workflows list` shows the ids."
            )
        names = {-number: job.record["name"] for number, job in enumerate(plan.jobs, 1)}  # ids are not known yet
        for each in self.targets:
            matching(names, each)

    async def prepare(
        self, client: "TorcClient", workflow_id: int, output_dir: Path, *, is_new: bool
    ) -> "PartialRun | None":
        """Choose the jobs that run, and report it. Returns the part of the workflow that runs; None for all of it.

        Where the choice depends on it, results that dead runners left in `output_dir` are sent first, since they may be
        failures, and the jobs that these runners had are released. Otherwise the runner does this when it starts.
        """
        from torc_client.workflow_operations import (  # noqa: PLC0415 - help needs no network
            partial_run,
            retry_failed,
            temp_files,
        )

        chooses = bool(self.targets) or self.retries_failed
        if not is_new and (chooses or await temp_files.depend_on_runners(client, workflow_id)):
            await _settle_dead_runners(client, workflow_id, output_dir)
        needed = await partial_run.find_needed(client, workflow_id, self.targets) if self.targets else None
        if self.retries_failed:
            only = None if needed is None else frozenset(needed)
            restarted = await retry_failed.retry_failed(client, workflow_id, only)
            sentence = retry_failed.retry_sentence(workflow_id, restarted, has_target=needed is not None)
            click.echo(sentence, err=True)
        if needed is not None:
            part = await partial_run.leave_out_others(client, workflow_id, self.targets, needed)
            others = f"; {count('other job', part.num_left_out)} disabled" if part.num_left_out else ""
            click.echo(f"The target has {count('job', len(needed))}{others}.", err=True)
            _say_writers(part.writers)
            return part
        if not is_new:
            if included := await partial_run.include_all(client, workflow_id):
                click.echo(f"This run includes {count('job', included)} that an earlier --target left out.", err=True)
            _say_writers(await temp_files.rerun_writers(client, workflow_id))
        return None


async def _settle_dead_runners(client: "TorcClient", workflow_id: int, output_dir: Path) -> None:
    """Send the results of runners that died on this machine, and release the jobs that they ran."""
    from torc_client.answers import run_id_of  # noqa: PLC0415 - help needs no network
    from torc_client.host_identity import this_host  # noqa: PLC0415 - the same
    from torc_runner.connection.dead_runners import (  # noqa: PLC0415 - the same
        release_dead_runners,
        send_unsent_results,
    )

    run_id = run_id_of(await client.workflows.get_workflow_status(workflow_id))
    await send_unsent_results(client, output_dir, workflow_id, run_id)
    await release_dead_runners(client, workflow_id, this_host())


def _say_writers(writers: Collection[int]) -> None:
    """Report the completed jobs that run again because temporary files were deleted."""
    from torc_client.workflow_operations.temp_files import writers_sentence  # noqa: PLC0415 - help needs no network

    if writers:
        click.echo(writers_sentence(writers), err=True)


ALL_JOBS = Scope()
