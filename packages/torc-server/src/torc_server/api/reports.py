"""Reports about the jobs, files and nodes of a workflow. They only read."""

from typing import Any

from msgspec import Raw

from torc_server.api.answers import page_of
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, Operation, Parameter
from torc_server.api.paging import PAGING, SORTING, filter_of, filter_parameter, limit_of, sort_key_of
from torc_server.engine.quantities import BYTES_PER_GB, format_duration
from torc_server.engine.status import reports
from torc_server.resources import lists
from torc_server.resources.fields import Duration, Integer, Number, Record
from torc_server.resources.json_fields import Many
from torc_server.resources.lists import Selection
from torc_server.resources.placements import RUNNING_JOBS, SLURM_JOB_CORRELATIONS
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.resources.relationships import (
    JOB_DEPENDENCIES,
    JOB_FILE_RELATIONSHIPS,
    JOB_USER_DATA_RELATIONSHIPS,
)
from torc_server.store.transaction import Transaction


class ListJobIdsResponse(Record):
    """The ids of a workflow's jobs."""

    job_ids = Many(Integer(), "The ids, in ascending order.", required=True)
    count = Integer("Number of jobs.", required=True)


class ListMissingUserDataResponse(Record):
    """User data records whose data is missing."""

    user_data = Many(Integer(), "The ids, in ascending order.", required=True)


class ListRequiredExistingFilesResponse(Record):
    """Files that should exist."""

    files = Many(Integer(), "The ids, in ascending order.", required=True)


class GetReadyJobRequirementsResponse(Record):
    """The requirements of the ready jobs."""

    num_jobs = Integer("Number of ready jobs.", required=True)
    num_cpus = Integer("Sum of the CPUs.", required=True)
    num_gpus = Integer("Sum of the GPUs.", required=True)
    memory_gb = Number("Sum of the memory, in GiB.", required=True)
    max_num_nodes = Integer("Largest number of nodes of a job.", required=True)
    max_runtime = Duration("Longest runtime of a job, ISO 8601.", required=True)


def _list_of(report: ReadOnlyList, identity: str, summary: str, *, is_sorted: bool, answer: str = "") -> Operation:
    """Make the operation that lists a page of a report. `answer` replaces the regular name of its component."""

    def run(tx: Transaction, call: Call) -> dict[str, Any]:
        filtered = filter_of(call, report.probes)
        selection = Selection(
            conditions=filtered.sql if filtered else (),
            parameters={**(filtered.parameters if filtered else {}), "workflow_id": call.path["id"]},
            sort_by=sort_key_of(call, report.members, report.keys[0]),
            reverse=call.query.get("reverse_sort", False),
            offset=call.query["offset"],
            limit=limit_of(call),
        )
        return lists.report_page(tx, report, selection)

    run.__doc__ = summary
    return of_workflow(
        identity,
        "GET",
        report.path,
        answer=page_of(report.schema, report.path, name=answer),
        query=(*PAGING, *(SORTING if is_sorted else ()), filter_parameter(report.probes)),
        errors=(422,),
    )(run)


list_job_dependencies = _list_of(
    JOB_DEPENDENCIES,
    "list_job_dependencies",
    "List the dependencies of jobs.\n\nDependencies by files and user data exist when the jobs are initialized.",
    is_sorted=True,
)
list_job_file_relationships = _list_of(
    JOB_FILE_RELATIONSHIPS,
    "list_job_file_relationships",
    "List files with the jobs that write and read them.",
    is_sorted=True,
)
list_job_user_data_relationships = _list_of(
    JOB_USER_DATA_RELATIONSHIPS,
    "list_job_user_data_relationships",
    "List user data with the jobs that write and read them.",
    is_sorted=True,
)
get_running_jobs = _list_of(
    RUNNING_JOBS,
    "get_running_jobs",
    "List the running jobs with their compute nodes.",
    is_sorted=False,
    answer="RunningJobsResponse",
)
get_slurm_job_correlations = _list_of(
    SLURM_JOB_CORRELATIONS,
    "get_slurm_job_correlations",
    "List the jobs that ran in Slurm allocations, with the ids of Slurm.",
    is_sorted=False,
    answer="SlurmJobCorrelationsResponse",
)


@of_workflow("list_job_ids", "GET", "job_ids", answer=ListJobIdsResponse)
def list_job_ids(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the ids of all jobs."""
    ids, count = reports.job_ids(tx, call.workflow_id)
    return {"job_ids": Raw(ids), "count": count}


@of_workflow("list_missing_user_data", "GET", "missing_user_data", answer=ListMissingUserDataResponse)
def list_missing_user_data(tx: Transaction, call: Call) -> dict[str, Any]:
    """List user data without data that users supply, or that completed jobs should have written."""
    return {"user_data": reports.missing_user_data(tx, call.workflow_id)}


@of_workflow("list_required_existing_files", "GET", "required_existing_files", answer=ListRequiredExistingFilesResponse)
def list_required_existing_files(tx: Transaction, call: Call) -> dict[str, Any]:
    """List files that users supply, and files that completed jobs wrote. The server does not look at disks."""
    return {"files": reports.required_existing_files(tx, call.workflow_id)}


@of_workflow(
    "get_ready_job_requirements",
    "GET",
    "ready_job_requirements",
    answer=GetReadyJobRequirementsResponse,
    query=(Parameter("scheduler_config_id", Integer("Only jobs bound to this scheduler configuration.")),),
)
def get_ready_job_requirements(tx: Transaction, call: Call) -> dict[str, Any]:
    """Return the sum of the requirements of the ready jobs."""
    ready = reports.ready_requirements(tx, call.workflow_id, call.query.get("scheduler_config_id"))
    return {
        "num_jobs": ready.num_jobs,
        "num_cpus": ready.num_cpus,
        "num_gpus": ready.num_gpus,
        "memory_gb": ready.memory_bytes / BYTES_PER_GB,
        "max_num_nodes": ready.max_num_nodes,
        "max_runtime": format_duration(ready.max_runtime_seconds),
    }


REPORT_OPERATIONS = (
    list_job_ids,
    list_job_dependencies,
    list_job_file_relationships,
    list_job_user_data_relationships,
    list_missing_user_data,
    list_required_existing_files,
    get_ready_job_requirements,
    get_running_jobs,
    get_slurm_job_correlations,
)
