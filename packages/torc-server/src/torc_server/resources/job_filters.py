"""Fields by which jobs can be filtered beside their members: host, result, run time."""

from torc_server.edge.filter_language import FieldKind
from torc_server.engine.states import JobStatus
from torc_server.resources.filtering import NOW, Probe, epoch_sql, number, of_kind, text


def _of_result(column: str) -> str:
    return f"(SELECT result.{column} FROM result WHERE result.id = job.current_result_id)"  # noqa: S608 - declared names


def _of_requirements(column: str) -> str:
    return (
        f"(SELECT needs.{column} FROM resource_requirements AS needs"  # noqa: S608 - declared names
        " WHERE needs.id = job.resource_requirements_id)"
    )


_ELAPSED = (
    f"CASE job.status WHEN {JobStatus.RUNNING:d} THEN :{NOW} - {epoch_sql('job.start_time')}"
    f" ELSE {_of_result('exec_time_minutes')} * 60.0 END"
)

JOB_PROBES: dict[str, Probe] = {
    "label": of_kind(FieldKind.LIST, "job.labels"),
    "group": text("(SELECT job_group.key FROM job_group WHERE job_group.id = job.group_id)"),
    "host": text("(SELECT node.hostname FROM compute_node AS node WHERE node.id = job.compute_node_id)"),
    "elapsed": of_kind(FieldKind.SECONDS, f"({_ELAPSED})"),
    "return_code": number(_of_result("return_code")),
    "peak_memory_bytes": of_kind(FieldKind.SIZE, _of_result("peak_memory_bytes")),
    "completion_time": of_kind(FieldKind.TIME, epoch_sql(_of_result("completion_time"))),
    "requirements": text(_of_requirements("name")),
}
