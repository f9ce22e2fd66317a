"""Results: what became of each attempt of a job."""

from torc_server.engine.status import tallies
from torc_server.resources.fields import Boolean, Integer, JobStatusField, Number, Record, Text, Timestamp
from torc_server.resources.resource import OF_WORKFLOW, Filter, Generic, Names, Resource, equal

# A result is current when it belongs to the latest completion of its job.
IS_CURRENT = "EXISTS (SELECT 1 FROM job WHERE job.id = result.job_id AND job.current_result_id = result.id)"


class ResultModel(Record):
    """What became of one attempt of a job."""

    id = Integer("Set by the server.", read_only=True)
    job_id = Integer("The job.", required=True, fixed=True, references="job")
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    run_id = Integer("The workflow's run that it belongs to.", required=True)
    attempt_id = Integer("The attempt; 1 when absent at creation.", fixed=True, default=1, default_shown=False)
    compute_node_id = Integer("Where it ran.", required=True, fixed=True, references="compute_node")
    return_code = Integer("The exit status of the command; 0 is success.", required=True)
    exec_time_minutes = Number("How long it ran.", required=True)
    completion_time = Timestamp("When it ended, in the runner's words.", required=True)
    status = JobStatusField("How it ended.", required=True)
    peak_memory_bytes = Integer("Highest memory use.", fixed=True)
    avg_memory_bytes = Integer("Mean memory use.", fixed=True)
    peak_cpu_percent = Number("Highest CPU use, where 100 is one CPU.", fixed=True)
    avg_cpu_percent = Number("Mean CPU use, where 100 is one CPU.", fixed=True)
    job_name = Text(
        "The job's name, filled in by the server.",
        read_only=True,
        sql="(SELECT name FROM job WHERE job.id = result.job_id)",
    )


RESULT = Resource(
    table="result",
    path="results",
    names=Names(one="result", many="results", delete_one="delete_result", delete_all="delete_results"),
    schema=ResultModel,
    noun="result",
    operations=Generic.PLAIN,
    filters=(
        equal("job_id", Integer("Only results of this job.")),
        equal("run_id", Integer("Only results of this run.")),
        equal("return_code", Integer("Only results with this exit status.")),
        equal("status", JobStatusField("Only results that ended like this.")),
        equal("compute_node_id", Integer("Only results from this node.")),
        Filter(
            "all_runs",
            Boolean("True: every result. Otherwise only the one of each job's latest completion."),
            IS_CURRENT,
            when=(False,),
            default=False,
        ),
    ),
    tallies={OF_WORKFLOW | {"all_runs"}: tallies.CURRENT_RESULTS},
)
