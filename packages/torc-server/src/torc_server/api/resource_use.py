"""What the jobs of a workflow required and used."""

from typing import Any

from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.status.resource_use import (
    MOST_GROUPS,
    MOST_REQUIREMENTS,
    Asked,
    RequirementsUse,
    resource_use,
)
from torc_server.engine.status.use_figures import MOST_POINTS, MOST_TOP, Use, UseRow, quantiles
from torc_server.resources.fields import Integer, Number, Record, Text
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.resource_requirements import ResourceRequirementsModel
from torc_server.store.transaction import Transaction


class QuantilesModel(Record):
    """The distribution of measured values. Each quantile is one of the values, by the nearest rank."""

    least = Number("The smallest value.", required=True)
    p25 = Number("A quarter of the values are at most this one.", required=True)
    p50 = Number("The median.", required=True)
    p75 = Number("Three quarters of the values are at most this one.", required=True)
    p90 = Number("90 % of the values are at most this one.", required=True)
    p99 = Number("99 % of the values are at most this one.", required=True)
    most = Number("The largest value.", required=True)


class UsedResources(Record):
    """What jobs used, by their current results."""

    num_results = Integer("Number of jobs with a result.", required=True)
    num_measured = Integer("Number of these whose memory was measured.", required=True)
    num_unsuccessful = Integer("Number of results that are not those of completed jobs.", required=True)
    num_out_of_memory = Integer("Number of unsuccessful results of jobs that lacked memory.", required=True)
    num_out_of_time = Integer("Number of unsuccessful results of jobs that lacked time.", required=True)
    memory_bytes = Part(QuantilesModel, "Peak memory, in bytes. Absent if it was not measured.")
    cpu_percent = Part(QuantilesModel, "Peak CPU use; 100 is one CPU. Absent if it was not measured.")
    seconds = Part(QuantilesModel, "Run time, in seconds. Absent without results.")


class UseOfJob(Record):
    """What one job used."""

    job_id = Integer("The job.", required=True)
    job_name = Text("Its name.", required=True)
    memory_bytes = Integer("Peak memory, in bytes. Absent if it was not measured.")
    cpu_percent = Number("Peak CPU use; 100 is one CPU. Absent if it was not measured.")
    seconds = Number("Run time, in seconds.", required=True)
    return_code = Integer("The return code.", required=True)


class UseOfGroup(Record):
    """What the jobs of a group used that have the same resource requirements."""

    group = Text("Key of the group, as in `job_groups`.", required=True)
    num_jobs = Integer("Number of jobs.", required=True)
    used = Part(UsedResources, "What they used.", required=True)


class UseOfRequirements(Record):
    """Resource requirements, and what the jobs that have them used."""

    requirements = Part(ResourceRequirementsModel, "The resource requirements record.", required=True)
    num_jobs = Integer("Number of jobs that have it.", required=True)
    used = Part(UsedResources, "What these jobs used.", required=True)
    groups = Many(Part(UseOfGroup), f"Their {MOST_GROUPS} largest groups.", required=True)
    groups_left_off = Integer("Number of further groups.", required=True)
    most_memory = Many(Part(UseOfJob), f"The {MOST_TOP} jobs that used most memory.", required=True)
    longest = Many(Part(UseOfJob), f"The {MOST_TOP} jobs that ran longest.", required=True)
    sample = Many(
        Part(UseOfJob),
        f"Some of the jobs for a drawing, at most {MOST_POINTS} in all records together. It changes little while more"
        " jobs end.",
        required=True,
    )


class ResourceUseResponse(Record):
    """What the jobs of a workflow required and used."""

    requirements = Many(
        Part(UseOfRequirements), f"The {MOST_REQUIREMENTS} records of most jobs, those first.", required=True
    )
    requirements_left_off = Integer("Number of further records.", required=True)


@of_workflow("get_resource_use", "GET", "resource_use", answer=ResourceUseResponse, extension=True)
def get_resource_use(tx: Transaction, call: Call) -> dict[str, Any]:
    """Compare the resources that jobs required with what they used, by requirements and by group.

    The current result of each job counts, also that of a failed job. A job lacked memory if it used more than it
    required, or was killed long before the end of its run time; it lacked time if it was stopped at the end of its run
    time, or failed after more than 90 % of it.
    """
    found = resource_use(tx, call.workflow_id)
    return {
        "requirements": [_of_requirements(each, found.job_names) for each in found.requirements],
        "requirements_left_off": found.left_off,
    }


def _of_requirements(each: RequirementsUse, names: dict[int, str]) -> dict[str, Any]:
    return {
        "requirements": _asked(each.asked),
        "num_jobs": each.num_jobs,
        "used": _used(each.use),
        "groups": [{"group": group.key, "num_jobs": group.num_jobs, "used": _used(group.use)} for group in each.groups],
        "groups_left_off": each.groups_left_off,
        "most_memory": [_of_job(row, names) for row in each.use.most_memory],
        "longest": [_of_job(row, names) for row in each.use.longest],
        "sample": [_of_job(row, names) for row in each.points],
    }


def _asked(asked: Asked) -> dict[str, Any]:
    members = ("id", "workflow_id", "name", "num_cpus", "num_gpus", "num_nodes", "memory", "runtime")
    return {name: getattr(asked, name) for name in members}


def _used(use: Use) -> dict[str, Any]:
    found = {
        "memory_bytes": quantiles(use.memory_bytes),
        "cpu_percent": quantiles(use.cpu_percent),
        "seconds": quantiles(use.seconds),
    }
    return {
        "num_results": use.results,
        "num_measured": len(use.memory_bytes),
        "num_unsuccessful": use.unsuccessful,
        "num_out_of_memory": use.out_of_memory,
        "num_out_of_time": use.out_of_time,
        **{name: each._asdict() for name, each in found.items() if each is not None},
    }


def _of_job(row: UseRow, names: dict[int, str]) -> dict[str, Any]:
    return {
        "job_id": row.job_id,
        "job_name": names[row.job_id],
        **({} if row.memory_bytes is None else {"memory_bytes": row.memory_bytes}),
        **({} if row.cpu_percent is None else {"cpu_percent": row.cpu_percent}),
        "seconds": row.seconds,
        "return_code": row.return_code,
    }


RESOURCE_USE_OPERATIONS = (get_resource_use,)
