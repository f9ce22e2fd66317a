"""Everything about a record, as sections of lines. Pure, except for `load_record`, which reads what a job has."""

import json
from typing import Any

import msgspec

from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert, inert_line
from torc_client.tui.tables.job_sections import load_job
from torc_client.tui.tables.sections import DetailSection, Loaded, SectionLine
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row, shown_json, shown_time, shown_value
from torc_client.vocabulary.words import ColumnKind, RecordWords

_MOST_CHARACTERS = 200_000
_OF_JOBS = {records.RESULTS.list_operation, records.RUNNING_JOBS.list_operation, records.SLURM_STATS.list_operation}
_TIMES = {ColumnKind.TIME, ColumnKind.EVENT_TIME, ColumnKind.AGO}


async def load_record(client: TorcClient, words: RecordWords, row: Row) -> Loaded:
    """Return everything about the record of a row: of a job, also what belongs to it. Raises TorcError."""
    if words is records.JOBS:
        return await load_job(client, row.record.id)
    if words.list_operation in _OF_JOBS:
        of_job = await load_job(client, row.record.job_id)
        own = sections_of(words, row)
        return Loaded(
            f"{own.title} of {of_job.title}",
            (*own.sections, *of_job.sections),
            own.copied,
            own.copied_name,
            of_job.job_id,
        )
    return sections_of(words, row)


def sections_of(words: RecordWords, row: Row) -> Loaded:
    """Return the members of a record: those with columns, with their headings, and all others that have a value."""
    record = row.record
    members = msgspec.to_builtins(record)
    facts: list[SectionLine] = []
    texts: list[DetailSection] = []
    for column in words.columns:
        value = row.value(column)
        if column.value is None:
            members.pop(column.member, None)
        if value is None or value == "":
            continue
        if column.kind is ColumnKind.JSON:
            texts.append(DetailSection(column.heading, (SectionLine("", _bounded(shown_json(value, indent=2))),)))
        elif column.kind is ColumnKind.EVENT:
            facts.append(SectionLine(column.heading, inert_line(shown_value(column.kind, value))))
            texts.append(DetailSection("Data", (SectionLine("", _bounded(shown_json(value, indent=2))),)))
        elif column.kind in _TIMES:
            facts.append(SectionLine(column.heading, inert_line(shown_time(column.kind, value))))
        else:
            facts.append(SectionLine(column.heading, inert_line(shown_value(column.kind, value))))
    members.pop("workflow_id", None)
    facts += [SectionLine(name, _plain(value)) for name, value in members.items() if value not in (None, "", [], {})]
    name = getattr(record, "name", None) or getattr(record, "hostname", None) or getattr(record, "job_name", None) or ""
    title = f"{words.singular} {getattr(record, 'id', '')} {inert_line(str(name))}".strip()
    return Loaded(title, (DetailSection("", tuple(facts)), *texts), *copied_of(words, row))


def copied_of(words: RecordWords, row: Row) -> tuple[str, str]:
    """Return what `y` copies, and its name: a path, the data of user data or an event, else the whole record."""
    record = row.record
    if words is records.FILES:
        return str(record.path), "the path"
    if words in (records.USER_DATA, records.EVENTS):
        return shown_json(record.data, indent=2), "the data"
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=2), "the record"


def _plain(value: Any) -> str:
    return inert_line(_bounded(value if isinstance(value, str) else shown_json(value)))


def _bounded(text: str) -> str:
    more = len(text) - _MOST_CHARACTERS
    return inert(text if more <= 0 else f"{text[:_MOST_CHARACTERS]}\n... {more:,} more characters")
