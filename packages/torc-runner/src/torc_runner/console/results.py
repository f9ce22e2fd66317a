"""The results of `torc run`: a table and a sentence, or a JSON object, and the commands to continue."""

import shlex
import sys
from collections.abc import Iterator

import click
import msgspec

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert_line
from torc_client.for_terminal import for_terminal
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.suggested_commands import complete_commands
from torc_client.text import count
from torc_runner.console.summary import Summary
from torc_runner.machine.instructions import ExitReason

_WITH_OUTPUT = (JobStatus.FAILED, JobStatus.TERMINATED)
_FAILED = (JobStatus.FAILED.value, JobStatus.PENDING_FAILED.value)
_MOST_REASONS = 3
_CAN_RUN = frozenset({JobStatus.READY.value, JobStatus.PENDING.value, JobStatus.RUNNING.value})

_WHY_OVER = {
    ExitReason.TIME_OVER: "The time of this node was over;",
    ExitReason.NO_TIME: "No time was left to start a job. By default, the runner stops its jobs 90 s before its own end"
    " (sigterm_lead_seconds + sigkill_headroom_seconds of the execution_config), and the runtime of a job must fit into"
    " the time before that. With more time,",
}


def show(summary: Summary, output_format: str, *, is_ad_hoc: bool = False) -> None:
    """Print a summary as `table` or `json`."""
    if output_format == "json":
        click.echo(as_json(summary, is_ad_hoc=is_ad_hoc))
        return
    if summary.jobs:
        from torc_runner.console.results_table import print_table  # noqa: PLC0415 - most runs need no rich

        print_table(summary)
    click.echo(for_terminal(complete_commands(sentence(summary)), sys.stdout))


def as_json(summary: Summary, *, is_ad_hoc: bool = False) -> str:
    """Format a summary as an indented JSON object."""
    content = {
        "workflow_id": summary.workflow_id,
        "status": _status(summary, is_ad_hoc=is_ad_hoc),
        "message": sentence(summary),
        "had_failures": any(summary.counts.get(status) for status in _FAILED),
        "had_terminations": bool(summary.counts.get(JobStatus.TERMINATED.value)),
        "workflow_name": summary.workflow_name,
        "run_id": summary.run_id,
        "ending": summary.exit_reason.name.lower(),
        "is_complete": summary.is_complete,
        "exit_code": summary.exit_code,
        "total_jobs": summary.total_jobs,
        "jobs_by_status": summary.counts,
        "results": [msgspec.to_builtins(line) for line in summary.jobs],
        "results_are_partial": summary.is_partial,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def _status(summary: Summary, *, is_ad_hoc: bool) -> str:
    """Return the result in one word; a success is called `completed` for `torc exec`, as in Torc 1.0."""
    match summary.exit_code:
        case RunnerExitCode.SUCCEEDED:
            return "completed" if is_ad_hoc else "success"
        case RunnerExitCode.STOPPED:
            return "stopped"
        case _:
            return "failed"


def sentence(summary: Summary) -> str:
    """Describe the result in one line, with the command that continues an incomplete workflow."""
    counts = ", ".join(f"{count} {status}" for status, count in summary.counts.items()) or "no jobs"
    text = f"Workflow {summary.workflow_id} ({inert_line(summary.workflow_name)}), run {summary.run_id}: {counts}."
    text += _where(summary)
    number = summary.workflow_id
    if summary.part is not None and (left_out := summary.part.num_left_out):
        others = f"{count('other job', left_out)} {'is' if left_out == 1 else 'are'} disabled"
        text += f" {others}; `torc run {number}` runs all."
    run = _run(summary)
    resume = f"`{run}` continues it."
    match summary.exit_reason:
        case ExitReason.STOPPED if summary.counts.get("terminated"):
            retry = f"`{run} --retry-failed`"
            return f"{text} Stopped before the end; {retry} continues it and runs the terminated jobs again."
        case ExitReason.STOPPED:
            why = f". {_why_not_here(summary)}" if summary.why_not_here else ";"
            return f"{text} Stopped before the end{why} {resume}"
        case ExitReason.IDLE if not summary.is_complete:
            return f"{text} {_why_idle(summary)} {resume}"
        case ExitReason.TIME_OVER | ExitReason.NO_TIME if not summary.is_complete:
            return f"{text} {_WHY_OVER[summary.exit_reason]} {resume}"
        case ExitReason.CANCELED:
            return f"{text} It was canceled; `torc recover {number}` withdraws the cancellation, then {resume}"
        case _:
            return text


def _where(summary: Summary) -> str:
    """Describe how many jobs ran here, if some of them ran elsewhere or before; begins with a blank."""
    total, here = summary.num_ran, summary.num_ran_here
    if total is None or here is None or here >= total:
        return ""
    return f" {here} of {count('job', total)} ran here." if here else " No job ran here."


def _run(summary: Summary) -> str:
    """Return the command that continues the run."""
    targets = () if summary.part is None else summary.part.targets
    return shlex.join(("torc", "run", str(summary.workflow_id), *(f"--target={each}" for each in targets)))


def _why_idle(summary: Summary) -> str:
    """Describe why no job ran here, up to the command that continues."""
    if not summary.counts.get("pending_failed") or _CAN_RUN.intersection(summary.counts):
        if not summary.why_not_here:
            return f"No job was left that could run here; `torc workflows diagnose {summary.workflow_id}` says why."
        return f"No job was left that could run here. {_why_not_here(summary)}"
    held = f"--workflow-id {summary.workflow_id}"
    return (
        f"The pending_failed jobs wait for a decision: `torc jobs fail {held}` makes them failed,"
        f" `torc jobs reset-status {held} --status pending_failed --reinit` makes them ready, then"
    )


def _why_not_here(summary: Summary) -> str:
    """Describe what ready jobs need that this node has not, up to the command that continues."""
    reasons = ". ".join(inert_line(each) for each in summary.why_not_here[:_MOST_REASONS])
    return f"{reasons}. On a node that can run them,"


def next_steps(summary: Summary, *, names_output: bool = False) -> Iterator[str]:
    """Yield the jobs that failed with the reasons, and a line for each command that helps.

    With `names_output`, a line says how to see the output of the first job if all have succeeded.
    """
    yield from summary.failed.sentences
    if names_output and summary.exit_code == RunnerExitCode.SUCCEEDED and summary.jobs:
        yield f"Output of {inert_line(summary.jobs[0].name)}: torc logs show {summary.jobs[0].job_id}"
    if summary.exit_code != RunnerExitCode.FINISHED_WITH_FAILURES or summary.exit_reason is ExitReason.CANCELED:
        return
    failed = next((line for line in summary.jobs if line.status in _WITH_OUTPUT), None)
    if failed is not None:
        yield f"Output of {inert_line(failed.name)}: torc logs show {failed.job_id}"
    if summary.failed.before_retry:
        yield summary.failed.before_retry
    number = summary.workflow_id
    yield f"Retry the failed jobs: {_run(summary)} --retry-failed"
    if summary.failed.may_lack_resources:
        yield f"If memory or time was too short: torc recover {number} --dry-run"
