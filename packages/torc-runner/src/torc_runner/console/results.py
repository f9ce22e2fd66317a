"""What `torc run` leaves on stdout: a table and a sentence, or a JSON object."""

import click
import msgspec

from torc_runner.console.summary import Summary
from torc_runner.console.terminal_text import printable
from torc_runner.machine.instructions import Ending


def show(summary: Summary, output_format: str) -> None:
    """Print a summary as `table` or `json`."""
    if output_format == "json":
        click.echo(as_json(summary))
        return
    if summary.jobs:
        from torc_runner.console.results_table import print_table  # noqa: PLC0415 - most runs need no rich

        print_table(summary)
    click.echo(sentence(summary))


def as_json(summary: Summary) -> str:
    """Write a summary as an indented JSON object."""
    content = {
        "workflow_id": summary.workflow_id,
        "workflow_name": summary.workflow_name,
        "run_id": summary.run_id,
        "ending": summary.ending.name.lower(),
        "is_complete": summary.is_complete,
        "exit_code": summary.exit_code,
        "total_jobs": summary.total_jobs,
        "jobs_by_status": summary.counts,
        "results": [msgspec.to_builtins(line) for line in summary.jobs],
        "results_are_partial": summary.is_partial,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def sentence(summary: Summary) -> str:
    """Say in one line how it went, and what to do when it has not come to its end."""
    counts = ", ".join(f"{count} {status}" for status, count in summary.counts.items()) or "no jobs"
    text = f"Workflow {summary.workflow_id} ({printable(summary.workflow_name)}), run {summary.run_id}: {counts}."
    number = summary.workflow_id
    resume = f"`torc run {number}` goes on with it."
    match summary.ending:
        case Ending.STOPPED if summary.counts.get("terminated"):
            again = f"`torc workflows reset-status {number} --failed-only --reinitialize`"
            return f"{text} Stopped before the end; {again} makes ready what was terminated, then {resume}"
        case Ending.STOPPED:
            return f"{text} Stopped before the end; {resume}"
        case Ending.IDLE if not summary.is_complete:
            return f"{text} Nothing was left that could run here; the log says why. {resume}"
        case Ending.TIME_OVER if not summary.is_complete:
            return f"{text} The time of this node was over; {resume}"
        case Ending.CANCELED:
            return f"{text} It was canceled; `torc recover {number}` lets it go on, then {resume}"
        case _:
            return text
