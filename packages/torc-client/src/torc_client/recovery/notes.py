"""The reasons that runners left in the logs of failed jobs whose output files were missing or not written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from torc_client.client import TorcClient
from torc_client.log_files.error_line import note_of_runner
from torc_client.log_files.failure_lines import read_failure_lines
from torc_client.recovery.diagnosis import MISSING_OUTPUT, Cause, Finding

_MOST: Final = 10
"""Logs that are read. Findings without their log keep the reason that the return code gives."""


async def with_notes(client: TorcClient, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with the reasons of the runner, where its logs can be read in time."""
    unclear = [each.outcome.job_id for each in findings if _may_have_note(each)][:_MOST]
    lines = await read_failure_lines(client, unclear) if unclear else {}
    notes = {key: note for key, line in lines.items() if (note := note_of_runner(line))}
    return [*_explained(findings, notes)]


def _may_have_note(finding: Finding) -> bool:
    """Whether the log may say more: servers and runners of 1.0 know no reason of a result."""
    outcome = finding.outcome
    has_reason = outcome.result is not None and outcome.result.reason
    return finding.cause is Cause.UNKNOWN and outcome.return_code == MISSING_OUTPUT and not has_reason


def _explained(findings: Iterable[Finding], notes: dict[tuple[int, int, int], str]) -> Iterable[Finding]:
    for each in findings:
        result = each.outcome.result
        key = None if result is None else (result.job_id, result.run_id, result.attempt_id or 1)
        note = notes.get(key, "") if key is not None and _may_have_note(each) else ""
        yield replace(each, reason=note) if note else each
