"""The arguments and the environment of jobs and of other commands of a workflow: pure."""

from torc_client import job_variables
from torc_runner.machine.device_sets import UNBOUND, DeviceSet
from torc_runner.machine.gpu_variables import TORC_VARIABLE
from torc_runner.machine.job import ClaimedJob
from torc_runner.run_context import RunContext


def shell_arguments(command: str, invocation_script: str | None) -> list[str]:
    """Return the arguments that run a job's command in bash, after its invocation script if it has one.

    A script of one line is a prefix of the command; the command is a line of its own after a script of several lines.
    """
    if not invocation_script:
        return ["bash", "-c", command]
    script = invocation_script.strip("\n")
    return ["bash", "-c", f"{script}\n{command}" if "\n" in script else f"{script} {command}"]


def job_environment(job: ClaimedJob, context: RunContext, devices: DeviceSet = UNBOUND) -> dict[str, str]:
    """Compose a job's environment: inherited, the workflow's, the job's, the variables that name the job, its GPUs."""
    environment = {
        **context.inherited,
        **context.granted(job.env),
        **context.workflow_env,
        **job.env,
        **context.identity,
        job_variables.JOB_ID: str(job.job_id),
        job_variables.JOB_NAME: job.name,
        job_variables.ATTEMPT_ID: str(job.attempt_id),
    }
    if devices.gpu_ids and context.gpu_variable is not None:
        environment[context.gpu_variable] = environment[TORC_VARIABLE] = ",".join(devices.gpu_ids)
    return environment


def workflow_environment(context: RunContext) -> dict[str, str]:
    """Compose the environment of commands that belong to the workflow and to no job."""
    granted = context.granted(context.workflow_env)
    return {**context.inherited, **granted, **context.workflow_env, **context.identity}
