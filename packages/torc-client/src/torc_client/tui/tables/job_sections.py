"""Everything about a job: its last result, its attempts, what it needs, its files and user data."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    ComputeNodeModel,
    ExplainResponse,
    FileModel,
    JobModel,
    NeighbourJob,
    ResourceRequirementsModel,
    ResultModel,
    UserDataModel,
)
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert, inert_line
from torc_client.job_usage import Use, own_variables, uses_of
from torc_client.log_files.attempt_sources import JobHistory, load_history, node_of
from torc_client.overview.job_reasons import Lead, job_reasons
from torc_client.overview.neighbours import Neighbourhood, read_neighbours
from torc_client.overview.result_reasons import explained
from torc_client.recovery.diagnosis import codes_of
from torc_client.text import duration, size, timestamp
from torc_client.tui.tables.marks import MARKS, STYLES
from torc_client.tui.tables.sections import DetailSection, Loaded, SectionLine
from torc_client.vocabulary.rows import shown_json

_NEIGHBOURS = 10
_MOST_RECORDS = 20
_MOST_CHARACTERS = 200


async def load_job(client: TorcClient, job_id: int) -> Loaded:
    """Read everything about a job, in few calls. Raises TorcError."""
    history, near = await asyncio.gather(
        load_history(client, job_id, {}), read_neighbours(client, job_id, steps=1, limit=_NEIGHBOURS)
    )
    job, attempt = history.job, history.chosen
    needs, node, files, data = await asyncio.gather(
        _requirements(client, job),
        node_of(client, attempt) if attempt else _nothing(),
        _files(client, job),
        _user_data(client, job),
    )
    explanation = await client.workflows.explain_workflow(job.workflow_id) if job.status is JobStatus.READY else None
    return job_sections(history, JobParts(near, node, needs, files, data, explanation))


async def _requirements(client: TorcClient, job: JobModel) -> ResourceRequirementsModel | None:
    if job.resource_requirements_id is None:
        return None
    return await client.resource_requirements.get_resource_requirements(job.resource_requirements_id)


async def _nothing() -> None:
    return None


async def _files(client: TorcClient, job: JobModel) -> Sequence[FileModel]:
    ids = [*(job.input_file_ids or ())[:_MOST_RECORDS], *(job.output_file_ids or ())[:_MOST_RECORDS]]
    if not ids:
        return ()
    words = f"id={','.join(map(str, dict.fromkeys(ids)))}"
    return (await client.files.list_files(workflow_id=job.workflow_id, filter=words, limit=len(ids))).items


async def _user_data(client: TorcClient, job: JobModel) -> Sequence[UserDataModel]:
    ids = [*(job.input_user_data_ids or ())[:_MOST_RECORDS], *(job.output_user_data_ids or ())[:_MOST_RECORDS]]
    if not ids:
        return ()
    words = f"id={','.join(map(str, dict.fromkeys(ids)))}"
    return (await client.user_data.list_user_data(workflow_id=job.workflow_id, filter=words, limit=len(ids))).items


@dataclass(frozen=True)
class JobParts:
    """What belongs to a job: jobs near it, the node of its newest attempt, requirements, files, user data.

    `explanation` is that of the workflow, which says why a ready job has not started.
    """

    near: Neighbourhood
    node: ComputeNodeModel | None = None
    needs: ResourceRequirementsModel | None = None
    files: Sequence[FileModel] = ()
    data: Sequence[UserDataModel] = ()
    explanation: ExplainResponse | None = None


def job_sections(history: JobHistory, parts: JobParts) -> Loaded:
    """Return what is known about a job. Pure."""
    job = history.job
    sections = (
        DetailSection("", tuple(_facts(history, parts.node, parts.needs))),
        DetailSection("Why", tuple(_reasons(history, parts))),
        DetailSection("Command", (SectionLine("", inert(job.command)),)),
        DetailSection("Attempts", tuple(_attempts(history))),
        DetailSection("Needs", tuple(_neighbours(parts.near, -1))),
        DetailSection("Needed by", tuple(_neighbours(parts.near, 1))),
        DetailSection("Reads", tuple(_things(job.input_file_ids, job.input_user_data_ids, parts.files, parts.data))),
        DetailSection("Writes", tuple(_things(job.output_file_ids, job.output_user_data_ids, parts.files, parts.data))),
        DetailSection(
            "Environment",
            tuple(SectionLine(inert_line(each.name), inert_line(each.value))
                  for each in own_variables(job.env, history.workflow.env)),
        ),
    )  # fmt: skip
    title = f"job {job.id} {inert_line(job.name)}"
    return Loaded(title, tuple(each for each in sections if each.lines), job.command, "the command", job.id)


def _facts(
    history: JobHistory, node: ComputeNodeModel | None, needs: ResourceRequirementsModel | None
) -> list[SectionLine]:
    job, attempt = history.job, history.chosen
    result = attempt.result if attempt else None
    lines = [_status("Status", job.status or JobStatus.UNINITIALIZED)]
    if result is not None:
        text = inert_line(explained(result, codes_of(history.workflow)))
        lines.append(SectionLine("Result", text, STYLES["failed"] if result.return_code else ""))
    if job.start_time:
        lines.append(SectionLine("Started", timestamp(job.start_time)))
    if result is not None:
        lines.append(SectionLine("Ended", f"{timestamp(result.completion_time)}, after {_time(result)}"))
    if node is not None:
        lines.append(SectionLine("Host", f"{inert_line(node.hostname)} (compute node {node.id})"))
        scheduler = node.scheduler if isinstance(node.scheduler, dict) else {}
        if scheduler.get("slurm_job_id"):
            lines.append(SectionLine("Slurm job", inert_line(str(scheduler["slurm_job_id"]))))
    lines += [SectionLine(use.caption, _used(use)) for use in uses_of(result, needs)]
    if needs is not None:
        lines.append(SectionLine("Requirements", f"{inert_line(needs.name)} (id {needs.id})"))
    lines.append(SectionLine("Priority", str(job.priority or 0)))
    labels = job.labels or ([job.label] if job.label else [])
    if labels:
        lines.append(SectionLine("Labels", inert_line(", ".join(labels))))
    if job.failure_handler_id is not None:
        lines.append(SectionLine("Failure handler", str(job.failure_handler_id)))
    if job.origin:
        lines.append(SectionLine("Created by", inert_line(job.origin)))
    return lines


def _used(use: Use) -> str:
    """Return what was used of what is required: "1.2 GiB of 4g (30 %)"."""
    if not use.required:
        return use.used
    if not use.used:
        return f"{use.required} required"
    return f"{use.used} of {use.required}" + (f" ({use.percent:.0f} %)" if use.percent is not None else "")


def _reasons(history: JobHistory, parts: JobParts) -> list[SectionLine]:
    found = job_reasons(history, parts.near, parts.explanation)
    return [SectionLine("", inert_line(reason.text)) for reason in found if reason.lead is not Lead.LOG]


def _status(caption: str, status: JobStatus) -> SectionLine:
    text = f"{MARKS.get(status.value, '')} {status.value.replace('_', ' ')}".strip()
    return SectionLine(caption, text, STYLES.get(status.value, ""))


def _time(result: ResultModel) -> str:
    return duration(result.exec_time_minutes * 60)


def _attempts(history: JobHistory) -> list[SectionLine]:
    """Return a line for each attempt if there are several: the facts are about the newest one."""
    if len(history.attempts) <= 1:
        return []
    lines = []
    for one in history.attempts:
        result = one.result
        end = ""
        if result is not None:
            memory = f", {size(result.peak_memory_bytes)}" if result.peak_memory_bytes else ""
            end = f", exit code {result.return_code}, {_time(result)}{memory}"
        status = _status(f"Run {one.run_id}, attempt {one.attempt_id}", one.status)
        lines.append(SectionLine(status.caption, f"{status.value}{end}", status.style))
    return lines


def _neighbours(near: Neighbourhood, step: int) -> list[SectionLine]:
    jobs: Sequence[NeighbourJob] = near.at(step)
    lines = [_status(f"{inert_line(one.job_name)} ({one.job_id})", one.status) for one in jobs]
    found = near.steps.get(step)
    if found is not None and found.left_off:
        lines.append(SectionLine("", f"{near.number_at(step)} in all"))
    return lines


def _things(
    file_ids: list[int] | None,
    data_ids: list[int] | None,
    files: Sequence[FileModel],
    data: Sequence[UserDataModel],
) -> list[SectionLine]:
    known_files = {one.id: one for one in files}
    known_data = {one.id: one for one in data}
    lines = []
    for one in (known_files[each] for each in file_ids or () if each in known_files):
        changed = f", modified {timestamp(one.st_mtime)}" if one.st_mtime else ", not there yet"
        lines.append(SectionLine(inert_line(one.name), f"{inert_line(one.path)}{changed}"))
    for datum in (known_data[each] for each in data_ids or () if each in known_data):
        text = "not set" if datum.data is None else _short(datum.data)
        lines.append(SectionLine(inert_line(datum.name), f"user data: {text}"))
    more = len(file_ids or ()) + len(data_ids or ()) - len(lines)
    return [*lines, SectionLine("", f"and {more:,} more")] if more > 0 else lines


def _short(value: object) -> str:
    text = shown_json(value)
    return inert_line(text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…")
