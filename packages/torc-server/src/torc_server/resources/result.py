"""Results of the attempts of jobs."""

from collections.abc import Sequence

from torc_server.engine.errors import RuleBroken
from torc_server.engine.job_row import JobStatement
from torc_server.engine.status import tallies
from torc_server.resources.fields import Boolean, Column, Integer, JobStatusField, Line, Number, Record, Text, Timestamp
from torc_server.resources.filtering import text
from torc_server.resources.resource import OF_WORKFLOW, Body, Filter, Generic, Names, Resource, equal
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

LONGEST_REASON = 1000
# A result is current when it belongs to the latest completion of its job, or was stored for it by a client.
IS_CURRENT = "EXISTS (SELECT 1 FROM job WHERE job.id = result.job_id AND job.current_result_id = result.id)"


class ResultModel(Record):
    """The result of one attempt of a job."""

    id = Integer("Set by the server.", read_only=True)
    job_id = Integer("Id of the job.", required=True, fixed=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    run_id = Integer("Number of the run of the workflow.", required=True)
    attempt_id = Integer("Number of the attempt; 1 if absent at creation.", fixed=True, default=1, default_shown=False)
    compute_node_id = Integer("Id of the compute node.", required=True, fixed=True)
    return_code = Integer("Exit code of the command; 0 is success.", required=True)
    exec_time_minutes = Number("Run time, in minutes.", required=True)
    completion_time = Timestamp("End time, as the runner reported it.", required=True)
    status = JobStatusField("Status of the job after the attempt.", required=True)
    peak_memory_bytes = Integer("Highest memory usage, in bytes.", fixed=True)
    avg_memory_bytes = Integer("Average memory usage, in bytes.", fixed=True)
    peak_cpu_percent = Number("Highest CPU usage; 100 is one CPU.", fixed=True)
    avg_cpu_percent = Number("Average CPU usage; 100 is one CPU.", fixed=True)
    job_name = Text(
        "Name of the job, set by the server.",
        read_only=True,
        column=Column(sql="(SELECT name FROM job WHERE job.id = result.job_id)", sorts=True),
    )
    reason = Line(
        "Why the attempt did not succeed, as part of a sentence. Absent if the runner does not know it: then the "
        "output of the command says it.",
        longest=LONGEST_REASON,
        fixed=True,
        extension=True,
    )


MAKE_CURRENT = Statement("""
UPDATE job SET current_result_id = :result_id WHERE id = :job_id AND NOT EXISTS (
    SELECT 1 FROM result AS current
    WHERE current.id = job.current_result_id AND (current.run_id, current.attempt_id) > (:run_id, :attempt_id)
)
""")


# Only the node that has the attempt reports its result: a second report would be refused.
UNDER_WAY = JobStatement("""
SELECT job.name FROM job JOIN workflow ON workflow.id = job.workflow_id
WHERE job.id = :job_id AND job.attempt_id <= :attempt_id AND workflow.run_id <= :run_id
AND (job.status IN {ACTIVE} OR job.chained_node_id IS NOT NULL)
""")
# An attempt that has a result could never report another one. An attempt number that no job reaches is left alone.
SPEND_ATTEMPT = JobStatement("""
UPDATE job SET
    attempt_id = :attempt_id + (status IN ({BLOCKED}, {READY}) AND :run_id >= workflow.run_id),
    spent_run_id = CASE
        WHEN status IN ({BLOCKED}, {READY}) AND :run_id >= workflow.run_id THEN NULL
        WHEN attempt_id = :attempt_id THEN MAX(COALESCE(spent_run_id, :run_id), :run_id)
        ELSE :run_id
    END
FROM workflow
WHERE workflow.id = job.workflow_id AND job.id = :job_id AND status NOT IN {ACTIVE}
AND (attempt_id = :attempt_id OR (:attempt_id BETWEEN attempt_id AND 1000000 AND :run_id >= workflow.run_id))
""")


def make_current(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Make new results the current ones of their jobs, unless a job has the result of a later attempt.

    The attempts of the results are not used again. Raises RuleBroken if a node has the attempt now.
    """
    for result_id, body in zip(ids, bodies, strict=True):
        which = {"job_id": body["job_id"], "run_id": body["run_id"], "attempt_id": body.get("attempt_id", 1)}
        if under_way := tx.rows(UNDER_WAY, which):
            raise RuleBroken(
                f"Attempt {which['attempt_id']} of job {under_way[0]['name']!r} has not ended in run"
                f" {which['run_id']}; let its runner report the result",
                field="attempt_id",
            )
        tx.execute(MAKE_CURRENT, {**which, "result_id": result_id})
        tx.execute(SPEND_ATTEMPT, which)


RESULT = Resource(
    table="result",
    path="results",
    names=Names(one="result", many="results", delete_one="delete_result", delete_all="delete_results"),
    schema=ResultModel,
    noun="result",
    operations=Generic.PLAIN,
    attach_new=make_current,
    filters=(
        equal("job_id", Integer("Only results of this job.")),
        equal("run_id", Integer("Only results of this run.")),
        equal("return_code", Integer("Only results with this exit code.")),
        equal("status", JobStatusField("Only results with this status.")),
        equal("compute_node_id", Integer("Only results of this compute node.")),
        Filter(
            "all_runs",
            Boolean("True: all results. Otherwise, only the result of the latest completion of each job."),
            IS_CURRENT,
            when=(False,),
            default=False,
        ),
    ),
    tallies={OF_WORKFLOW | {"all_runs"}: tallies.CURRENT_RESULTS},
    more_probes={"job_name": text("(SELECT name FROM job WHERE job.id = result.job_id)")},
)
