"""The values of other records that the rows of a list of jobs show: hosts, results, requirements."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.text import parse_timestamp
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row
from torc_client.vocabulary.words import ColumnWords, RecordWords


async def joined(
    client: TorcClient, workflow_id: int, words: RecordWords, columns: Sequence[ColumnWords], items: Sequence[Any]
) -> list[Row]:
    """Return rows with the values of records that they refer to. These are requested by id, if a column needs them."""
    if words is not records.JOBS or not items or not any(column.joined for column in columns):
        return [Row(each) for each in items]
    node_ids = {job.compute_node_id for job in items if job.compute_node_id is not None}
    needs_ids = {job.resource_requirements_id for job in items if job.resource_requirements_id is not None}
    ended = {job.id for job in items if job.start_time is not None}
    nodes, results, needs = await asyncio.gather(
        _by("id", client.compute_nodes.list_compute_nodes, workflow_id, "id", node_ids),
        _by("job_id", client.results.list_results, workflow_id, "job_id", ended),
        _by("id", client.resource_requirements.list_resource_requirements, workflow_id, "id", needs_ids),
    )
    now = datetime.now(UTC)
    return [
        Row(
            job,
            _values_of_job(
                job,
                nodes.get(job.compute_node_id),
                results.get(job.id),
                needs.get(job.resource_requirements_id),
                now,
            ),
        )
        for job in items
    ]


async def _by(
    key: str, call: Callable[..., Any], workflow_id: int, member: str, ids: set[int]
) -> dict[int | None, Any]:
    if not ids:
        return {}
    text = f"{member}={','.join(map(str, sorted(ids)))}"
    answer = await call(workflow_id=workflow_id, filter=text, limit=len(ids))
    return {getattr(each, key): each for each in answer.items}


def _values_of_job(job: Any, node: Any, result: Any, needs: Any, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"host": getattr(node, "hostname", None)}
    if needs is not None:
        values |= {"memory": needs.memory, "requirements": needs.name}
    if job.status is JobStatus.RUNNING:
        start = parse_timestamp(job.start_time or "")
        values["elapsed"] = None if start is None else max((now - start).total_seconds(), 0.0)
    elif result is not None:
        values |= {
            "elapsed": result.exec_time_minutes * 60,
            "return_code": result.return_code,
            "peak_memory_bytes": result.peak_memory_bytes,
            "peak_cpu_percent": result.peak_cpu_percent,
            "completion_time": result.completion_time,
        }
    return values
