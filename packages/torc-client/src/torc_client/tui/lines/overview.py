"""The overview of a workflow as lines. Pure: records come in, lines come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from torc_client.api.enums import ExplainCode, JobStatus
from torc_client.api.records import (
    ComputeNodeModel,
    ExplainedReason,
    ExplainResponse,
    FailureClusterModel,
    FailuresResponse,
    ResultModel,
    ThroughputResponse,
    WorkflowModel,
    WorkflowStatusResponse,
)
from torc_client.edge.filter_language import quoted
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import ACTIVE, count_in
from torc_client.overview.job_groups import JobGroups
from torc_client.overview.next_steps import next_step
from torc_client.overview.progress import ORDER, count, jobs_in_words, summarize
from torc_client.overview.sentences import (
    MOST_CLUSTERS,
    ending_sentences,
    failure_sentence,
    obstacles,
    other_failures,
    pace_sentence,
    sample_of,
    selection_of,
)
from torc_client.text import duration, size
from torc_client.tui.lines.bars import chart, counts_of, jobs_bar
from torc_client.tui.lines.line import LineTarget, Part, TextLine, heading, line, paragraph, table
from torc_client.tui.lines.running import RunningNow, running_cells
from torc_client.tui.tables.marks import MARKS, STYLES

if TYPE_CHECKING:
    from torc_client.log_files.failure_lines import FailureLine

MOST_RUNNING, MOST_ENDED, MOST_GROUPS = 10, 5, 8
_WIDEST_BAR, _WIDEST_CHART = 100, 60
_FEWEST_BINS = 5
_MARKS_OF_STATES = {"held": "‖", "empty": "·"}


@dataclass(frozen=True)
class FailureNote:
    """What the log of a failed job says: a line, or why there is none. Both are empty while it is being read."""

    line: "FailureLine | None" = None
    problem: str = ""
    is_asking: bool = False


@dataclass(frozen=True)
class OverviewNow:
    """What is known about a workflow. What has not been read yet is None."""

    workflow: WorkflowModel
    status: WorkflowStatusResponse
    failures: FailuresResponse | None = None
    notes: Mapping[int, FailureNote] = field(default_factory=dict)
    """What the logs say, by the ids of failed jobs."""

    explained: ExplainResponse | None = None
    pace: ThroughputResponse | None = None
    groups: JobGroups | None = None
    ending: Sequence[ComputeNodeModel] = ()
    running: Sequence[RunningNow] = ()
    ended: Sequence[ResultModel] = ()


def overview_lines(now: OverviewNow, width: int, moment: datetime) -> list[TextLine]:
    """Return the overview in lines of at most `width` columns."""
    sections = (
        _state(now, width),
        _news(now, width, moment),
        _next(now, width),
        _counts(now, width),
        _groups(now, width),
        _running(now),
        _ended(now),
    )
    lines: list[TextLine] = []
    for section in sections:
        if section:
            lines += [TextLine(), *section] if lines else section
    return [each.cut(width) for each in lines]


def mark_of(state: str) -> str:
    """Return the mark of the state of a workflow, or of the status of a job."""
    return MARKS.get(state) or _MARKS_OF_STATES.get(state, " ")


def _state(now: OverviewNow, width: int) -> list[TextLine]:
    summary = summarize(now.status)
    word = summary.state.value
    style = f"bold {STYLES.get(word, '')}".strip()
    run = f"run {now.status.run_id}" if now.status.run_id else "not run yet"
    first = TextLine(
        (
            Part(f"{mark_of(word)} {word}", style),
            Part(f"  {inert_line(now.workflow.name)}", "bold"),
            Part(f"  workflow {now.workflow.id}, {run}", "bright_black"),
        )
    )
    lines = [first, *paragraph(" ", summary.description, width)]
    if now.status.total_jobs:
        # Rounded down: 100 % is the end.
        percent = f" {100 * count(now.status, JobStatus.COMPLETED) // now.status.total_jobs:3d} %"
        bar = jobs_bar(counts_of(now.status.jobs_by_status), min(width - len(percent), _WIDEST_BAR))
        lines.append(TextLine((*bar, Part(percent))))
    return lines


def _counts(now: OverviewNow, width: int) -> list[TextLine]:
    counts = counts_of(now.status.jobs_by_status)
    present = [status for status in ORDER if counts[status]]
    most = max(counts.values(), default=0)
    room = min(width - 40, 40)
    rows = []
    for status in present:
        number = counts[status]
        style = STYLES.get(status.value, "")
        share = 100 * number / now.status.total_jobs
        filled = max(1, round(room * number / most)) if room > 4 else 0
        rows.append(
            (
                (
                    Part(f"{mark_of(status.value)} {status.value.replace('_', ' ')}", style),
                    Part(f"{number:,}"),
                    Part(_share(share), "bright_black"),
                    Part("█" * filled, style),
                ),
                LineTarget("jobs", filter=f"status={status.value}"),
            )
        )
    return table(rows, right=frozenset({1, 2}))


def _share(percent: float) -> str:
    return "<0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"


def _news(now: OverviewNow, width: int, moment: datetime) -> list[TextLine]:
    lines: list[TextLine] = []
    if now.failures is not None:
        for cluster in now.failures.clusters[:MOST_CLUSTERS]:
            lines += _failure(cluster, now.notes, width)
        more = other_failures(now.failures)
        if more:
            filter_text = "status=failed,terminated,pending_failed"
            lines += paragraph("✗", more, width, STYLES["failed"], LineTarget("jobs", filter=filter_text))
    if now.status.total_jobs and not now.status.is_complete:
        runs = bool(count_in(now.status.jobs_by_status, ACTIVE))
        for reason in obstacles(now.explained.reasons if now.explained else (), runs=runs):
            lines += paragraph("◌", inert_line(reason.message), width, STYLES["ready"], _target_of(reason))
        lines += _pace(now.pace, width)
        for sentence in ending_sentences(now.ending, moment):
            lines += paragraph("!", sentence, width, "yellow", LineTarget("compute_nodes"))
    return [heading("What to know now"), *lines] if lines else []


def _failure(cluster: FailureClusterModel, notes: Mapping[int, FailureNote], width: int) -> list[TextLine]:
    style = STYLES.get(cluster.status.value, "")
    mark = mark_of(cluster.status.value)
    lines = paragraph(
        mark,
        failure_sentence(cluster),
        width,
        style,
        LineTarget("jobs", filter=selection_of(cluster)),
        text_style="bold",
    )
    sample = sample_of(cluster)
    note = notes.get(sample or 0)
    if sample is None or note is None:
        return lines
    log = LineTarget(log_of=sample)
    if note.line is not None:
        lines += paragraph(" └", inert_line(note.line.text), width, target=log)
        if note.line.meaning:
            lines += paragraph("  ", f"{note.line.meaning}. {note.line.remedy}", width, text_style="bright_black")
    else:
        why = note.problem or ("its log is being read" if note.is_asking else "its log names no error")
        lines += paragraph(" └", inert_line(why), width, target=log, text_style="bright_black")
    return lines


def _target_of(reason: ExplainedReason) -> LineTarget | None:
    match reason.code:
        case ExplainCode.NO_ACTIVE_NODES | ExplainCode.OTHER_SCHEDULER | ExplainCode.TOO_LARGE:
            return LineTarget("compute_nodes")
        case ExplainCode.RING:
            return LineTarget("graph")
        case _ if reason.jobs:
            return LineTarget(job_id=reason.jobs[0].job_id)
        case _:
            return None


def _pace(pace: ThroughputResponse | None, width: int) -> list[TextLine]:
    sentence = pace_sentence(pace) if pace is not None else ""
    if pace is None or not sentence:
        return []
    lines = paragraph("~", sentence, width)
    drawn = chart(pace.ended, min(width - 30, _WIDEST_CHART))
    if drawn and len(pace.ended) >= _FEWEST_BINS:
        lines.append(TextLine((Part("  "), Part(drawn, "green"), Part("  ends of jobs over time", "bright_black"))))
    return lines


def _next(now: OverviewNow, width: int) -> list[TextLine]:
    step = next_step(now.status)
    if step is None:
        return []
    lines = [heading(step.title)]
    for sentence in step.sentences:
        lines += paragraph(" ", sentence, width)
    return [*lines, *_commands(step.commands, width)]


def _commands(commands: Sequence[tuple[str, str]], width: int) -> list[TextLine]:
    """Return commands with what they do, beside them or, on a narrow screen, below."""
    rows = [((Part(f"  {command}", "cyan"), Part(what, "bright_black")), None) for command, what in commands]
    lines = table(rows)
    if all(cell_len(each.text) <= width for each in lines):
        return lines
    pairs = [(line(f"  {command}", "cyan"), line(f"    {what}", "bright_black")) for command, what in commands]
    return [each for pair in pairs for each in pair]


def _groups(now: OverviewNow, width: int) -> list[TextLine]:
    if now.groups is None or len(now.groups.groups) < 2:
        return []
    groups = now.groups.groups
    shown = list(groups.items())
    if len(shown) > MOST_GROUPS:  # those that need attention
        shown.sort(key=lambda item: (-item[1].unsuccessful, -count_active(item[1].counts), -item[1].total))
    rows = []
    for key, group in shown[:MOST_GROUPS]:
        name = key.partition(":")[2]
        failed = f"{group.unsuccessful:,} ✗" if group.unsuccessful else ""
        done = f"{group.counts.get(JobStatus.COMPLETED, 0):,}/{group.total:,}"
        bar = jobs_bar(group.counts, 10)
        label = TextLine((Part(inert_line(group.name)),)).cut(max(width - 40, 20)).text
        cells = (Part(f"  {label}"), Part(done), Part(failed, STYLES["failed"]))
        target = LineTarget("jobs", filter=f"group={quoted(name)}") if name else LineTarget("jobs")
        rows.append((cells, target, bar))
    lines = table([(cells, target) for cells, target, _ in rows], right=frozenset({1, 2}))
    drawn = [
        TextLine((*each.parts, Part("  "), *bar), each.target) for each, (_, _, bar) in zip(lines, rows, strict=True)
    ]
    title = "Groups of jobs" if len(groups) <= MOST_GROUPS else f"Groups of jobs: {MOST_GROUPS} of {len(groups):,}"
    return [TextLine((Part(title, "bold"),), LineTarget("graph")), *drawn]


def count_active(counts: Mapping[JobStatus, int]) -> int:
    """Return how many jobs runners have."""
    return sum(counts.get(status, 0) for status in ACTIVE)


def _running(now: OverviewNow) -> list[TextLine]:
    if not now.running:
        return []
    total = count_in(now.status.jobs_by_status, ACTIVE)
    title = f"Running now: {jobs_in_words(total)}"
    rows = [(running_cells(each), LineTarget(log_of=each.job_id)) for each in now.running[:MOST_RUNNING]]
    return [TextLine((Part(title, "bold"),), LineTarget("running")), *table(rows)]


def _ended(now: OverviewNow) -> list[TextLine]:
    rows = []
    for result in now.ended[:MOST_ENDED]:
        status = result.status.value
        rows.append(
            (
                (
                    Part(f"  {mark_of(status)} {inert_line(result.job_name or str(result.job_id))}",
                         STYLES.get(status, "")),
                    Part(f"exit code {result.return_code}" if result.return_code else ""),
                    Part(duration(result.exec_time_minutes * 60)),
                    Part(size(result.peak_memory_bytes) if result.peak_memory_bytes else ""),
                ),
                LineTarget(log_of=result.job_id),
            )
        )  # fmt: skip
    return [TextLine((Part("Ended last", "bold"),), LineTarget("results")), *table(rows)] if rows else []


def no_workflow_lines(width: int, *, can_change: bool) -> list[TextLine]:
    """Return what the views show where there is no workflow: how to begin."""
    lines = [heading("No workflow is chosen"), TextLine()]
    if can_change:
        lines += paragraph(
            " ", "Press n to create a workflow from a spec file, or a to list those of all users.", width
        )
    else:
        lines += paragraph(" ", "Press a to list the workflows of all users.", width)
    commands = (
        ("torc create FILE", "creates a workflow from a spec"),
        ("torc run FILE", "creates one and runs it on this machine"),
    )
    return [each.cut(width) for each in [*lines, TextLine(), line("In a terminal:"), *_commands(commands, width)]]
