"""The groups of a workflow's jobs, and what is between them."""

from typing import Any

from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.status.job_groups import (
    EDGES,
    MOST_EDGES,
    MOST_GROUPS,
    MOST_NEEDS,
    JobGroup,
    job_groups,
)
from torc_server.resources.fields import Integer, Record, Text, Word
from torc_server.resources.job_counts import JobStatusCounts
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction


class JobGroupModel(Record):
    """Jobs whose names differ only in their numbers."""

    key = Text(
        "The name of the jobs with each run of digits replaced by `#`, such as `simulate_#_#`; the first 256 characters"
        " of a name count. `0`: all groups beyond the largest ones; no other key has a digit.",
        required=True,
    )
    label = Text("The key, or a word for the merged groups.", required=True)
    merged_groups = Integer("Number of groups that this one stands for. 0: it is one group.", required=True)
    first_job_id = Integer("The job with the smallest id.", required=True)
    total_jobs = Integer("Number of jobs.", required=True)
    jobs_by_status = Part(JobStatusCounts, "Number of jobs of each status.", required=True)
    resource_requirements_ids = Many(
        Integer(), f"The resource requirements of the jobs, at most {MOST_NEEDS}.", required=True
    )
    lowest_priority = Integer("The lowest priority of the jobs.", required=True)
    highest_priority = Integer("The highest priority of the jobs.", required=True)


class JobGroupEdge(Record):
    """Jobs of a group that wait for jobs of another group, or of their own."""

    source = Text("Key of the group that is waited for.", required=True)
    target = Text("Key of the group that waits.", required=True)
    kind = Word(
        "Why the jobs wait. What files or user data explain is not listed as a dependency too.",
        component="JobGroupEdgeKind",
        words=tuple(EDGES),
        required=True,
    )
    pairs = Integer("Number of pairs of jobs.", required=True)


class JobGroupsResponse(Record):
    """The groups of a workflow's jobs."""

    groups = Many(
        Part(JobGroupModel),
        f"The {MOST_GROUPS} largest groups in the order of their first jobs, and one for all others.",
        required=True,
    )
    edges = Many(Part(JobGroupEdge), f"The {MOST_EDGES} edges of most pairs.", required=True)
    edges_left_off = Integer("Number of further edges.", required=True)


@of_workflow("list_job_groups", "GET", "job_groups", answer=JobGroupsResponse, extension=True)
def list_job_groups(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the groups of a workflow's jobs: jobs whose names differ only in their numbers.

    The answer counts the jobs of each group by status, and shows which groups wait for which.
    """
    found = job_groups(tx, call.workflow_id)
    return {
        "groups": [_group(each) for each in found.groups],
        "edges": [
            {"source": edge.source, "target": edge.target, "kind": edge.kind, "pairs": edge.pairs}
            for edge in found.edges
        ],
        "edges_left_off": found.edges_left_off,
    }


def _group(group: JobGroup) -> dict[str, Any]:
    return {
        "key": group.key,
        "label": f"{group.merged} other groups" if group.merged else group.key,
        "merged_groups": group.merged,
        "first_job_id": group.first_job_id,
        "total_jobs": group.size,
        "jobs_by_status": {status.word: number for status, number in group.counts.items()},
        "resource_requirements_ids": group.requirements_ids,
        "lowest_priority": group.lowest_priority,
        "highest_priority": group.highest_priority,
    }


JOB_GROUP_OPERATIONS = (list_job_groups,)
