"""Submissions: requests for allocations that a client makes to a batch system."""

from torc_server.engine.submissions import MOST_ALLOCATIONS, SubmissionStatus
from torc_server.resources.fields import Boolean, Column, Integer, Record, Text, Timestamp, Word
from torc_server.resources.json_fields import Many
from torc_server.resources.resource import Generic, Names, Resource, equal

# The index yields them in the order of their ids.
_ALLOCATIONS = """(
    SELECT json_group_array(allocation.id) FROM scheduled_compute_node AS allocation
    WHERE allocation.submission_id = submission.id
)"""


class SubmissionModel(Record):
    """A request for allocations, and the answer of the batch system."""

    id = Integer("Set by the server.", read_only=True, required=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    scheduler_config_id = Integer("Id of the scheduler configuration.", required=True, fixed=True)
    scheduler_type = Text("Type of the scheduler, such as `slurm`.", required=True, fixed=True)
    action_id = Integer("Id of the action that requested the allocations.", fixed=True)
    num_allocations = Integer(f"Number of allocations, at most {MOST_ALLOCATIONS}.", required=True, fixed=True)
    folder = Text("Folder of the output: an absolute path.", required=True, fixed=True)
    cluster = Text("Name of the cluster, so that it is not taken for one with the same ids.", fixed=True)
    mark = Text("A unique text by which the batch system can find the submission.", required=True, fixed=True)
    status = Word(
        "Status of the submission.",
        component="SubmissionStatus",
        words=tuple(status.value for status in SubmissionStatus),
        required=True,
    )
    scheduler_id = Integer("Id in the batch system, such as the Slurm job id, if it was accepted.")
    is_array = Boolean("Whether this is the id of a job array, of which each allocation is a task.")
    reason = Text("Why the batch system rejected it.")
    created_at = Timestamp("Time of the request.", required=True, fixed=True)
    ended_at = Timestamp("When the last of its allocations ended. Its token ends soon after.")
    scheduled_compute_node_ids = Many(
        Integer(),
        "Ids of the scheduled compute nodes, which are its allocations. Rejected ones are deleted.",
        required=True,
        column=Column(sql=_ALLOCATIONS),
    )


SUBMISSION = Resource(
    table="submission",
    path="submissions",
    names=Names.regular("submission", "submissions"),
    schema=SubmissionModel,
    noun="submission",
    # The other operations are not generic and are in api/submissions.py.
    operations=Generic.LIST | Generic.GET,
    below_workflow=True,
    extension=True,
    filters=(equal("status", Text("Only submissions with this status.")),),
)
