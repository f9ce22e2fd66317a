"""Replace the planned allocations of a workflow in one transaction."""

from typing import Annotated, Any

from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine import actions, events, replanning
from torc_server.engine.action_rules import ActionType, TriggerType
from torc_server.engine.ids import ActionId, JobId, RunId, WorkflowId
from torc_server.engine.lifecycle import tasks
from torc_server.engine.workflows import require_known_run
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.slurm_scheduler import SLURM_SCHEDULER
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.resources.workflow_action import WORKFLOW_ACTION
from torc_server.store.transaction import Transaction

MOST_SCHEDULERS = 1_000
SLURM = "slurm"


class PlannedScheduler(TypedBody, kw_only=True, frozen=True):
    """A new Slurm scheduler, the jobs that its nodes run, and the action that requests its allocations."""

    name: Annotated[str, Text("Name of the scheduler.", required=True)]
    account: Annotated[str, Text("Slurm account.", required=True)]
    nodes: Annotated[int, Integer("Number of nodes of an allocation.", required=True)]
    walltime: Annotated[str, Text("Time limit of an allocation.", required=True)]
    num_allocations: Annotated[int, Integer("Number of allocations that the action requests.", required=True)]
    job_ids: Annotated[list[JobId], Many(Integer(), "The jobs.", required=True)]
    starting_job_ids: Annotated[
        list[JobId], Many(Integer(), "The action is due when all of these jobs are ready.", required=True)
    ]
    gres: Annotated[str | None, Text("Generic resources of each node, such as `gpu:2`.")] = None
    mem: Annotated[str | None, Text("Memory of each node.")] = None
    ntasks_per_node: Annotated[int | None, Integer("Number of tasks per node.")] = None
    partition: Annotated[str | None, Text("Partition.")] = None
    qos: Annotated[str | None, Text("Quality of service.")] = None
    tmp: Annotated[str | None, Text("Local disk of each node.")] = None
    extra: Annotated[str | None, Text("Further options for sbatch, passed unchanged.")] = None
    serialize_allocations: Annotated[bool, Boolean("Whether its allocations run one at a time.", default=False)] = False
    start_one_worker_per_node: Annotated[
        bool, Boolean("Whether to start a runner on each node of an allocation.", default=False)
    ] = False


class ReplanAllocationsRequest(TypedBody, kw_only=True, frozen=True):
    """The new plan, and what it replaces."""

    schedulers: Annotated[
        list[PlannedScheduler],
        Many(Part(record_of(PlannedScheduler)), "The schedulers.", required=True, most=MOST_SCHEDULERS),
    ]
    superseded_action_ids: Annotated[
        list[ActionId], Many(Integer(), "Actions that must not be carried out any more, in the state that they had.")
    ] = []
    is_recovery: Annotated[
        bool,
        Boolean(
            "Whether the next initialization of the jobs deletes the new actions, and makes the superseded ones open"
            " again. Without it, superseded actions are deleted.",
            default=True,
        ),
    ] = True
    known_run_id: Annotated[
        RunId | None,
        Integer("The run that the caller saw. The call is refused if the workflow is in another run."),
    ] = None


class ReplannedScheduler(Record):
    """A created scheduler and its action."""

    scheduler_config_id = Integer("The Slurm scheduler.", required=True)
    action_id = Integer("The action that requests its allocations.", required=True)
    is_due = Boolean("Whether the action can be carried out now.", required=True)


class ReplanAllocationsResponse(Record):
    """What was created."""

    schedulers = Many(Part(ReplannedScheduler), "The schedulers, in the order of the request.", required=True)


@of_workflow(
    "replan_allocations",
    "POST",
    "replan_allocations",
    answer=ReplanAllocationsResponse,
    body=record_of(ReplanAllocationsRequest),
    errors=(409, 422),
    extension=True,
)
def replan_allocations(tx: Transaction, call: Call) -> dict[str, Any]:
    """Create Slurm schedulers, bind jobs to them, and replace actions that request nodes: all of it or nothing.

    For each scheduler an action is created that is due when its starting jobs are ready. The call is refused if one of
    the superseded actions was carried out in the meantime.
    """
    workflow_id = call.workflow_id
    body: ReplanAllocationsRequest = call.body
    tasks.require_no_task(tx, workflow_id)
    require_known_run(tx, workflow_id, body.known_run_id)
    replanning.supersede_actions(
        tx, workflow_id, body.superseded_action_ids, is_recovery=body.is_recovery, now=call.now
    )
    scheduler_ids = records.create(
        tx, SLURM_SCHEDULER, [_scheduler(workflow_id, each) for each in body.schedulers], call.now
    )
    for scheduler_id, each in zip(scheduler_ids, body.schedulers, strict=True):
        replanning.bind_jobs(tx, workflow_id, scheduler_id, each.job_ids)
    planned = [
        _action(workflow_id, scheduler_id, each, is_recovery=body.is_recovery)
        for scheduler_id, each in zip(scheduler_ids, body.schedulers, strict=True)
    ]
    action_ids = records.create(tx, WORKFLOW_ACTION, planned, call.now)
    due = set(actions.pending_action_ids(tx, workflow_id))
    event = events.user_action_event(
        "replan_allocations", call.identity.name, workflow_id=workflow_id, scheduler_config_ids=scheduler_ids
    )
    events.record(tx, workflow_id, event, now=call.now)
    return {
        "schedulers": [
            {"scheduler_config_id": scheduler_id, "action_id": action_id, "is_due": action_id in due}
            for scheduler_id, action_id in zip(scheduler_ids, action_ids, strict=True)
        ]
    }


def _scheduler(workflow_id: WorkflowId, planned: PlannedScheduler) -> dict[str, Any]:
    return {
        "workflow_id": workflow_id,
        "name": planned.name,
        "account": planned.account,
        "nodes": planned.nodes,
        "walltime": planned.walltime,
        "gres": planned.gres,
        "mem": planned.mem,
        "ntasks_per_node": planned.ntasks_per_node,
        "partition": planned.partition,
        "qos": planned.qos,
        "tmp": planned.tmp,
        "extra": planned.extra,
        "serialize_allocations": planned.serialize_allocations,
    }


def _action(
    workflow_id: WorkflowId, scheduler_id: int, planned: PlannedScheduler, *, is_recovery: bool
) -> dict[str, Any]:
    config = {"scheduler_id": scheduler_id, "scheduler_type": SLURM, "num_allocations": planned.num_allocations}
    if planned.start_one_worker_per_node:
        config["start_one_worker_per_node"] = True
    return {
        "workflow_id": workflow_id,
        "trigger_type": TriggerType.JOBS_READY.value,
        "action_type": ActionType.SCHEDULE_NODES.value,
        "action_config": config,
        "job_ids": planned.starting_job_ids,
        "is_recovery": is_recovery,
    }


REPLANNING_OPERATIONS = (replan_allocations,)
