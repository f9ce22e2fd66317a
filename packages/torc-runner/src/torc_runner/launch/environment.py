"""The environment of jobs and of other commands of a workflow: pure."""

from torc_client import job_variables
from torc_runner.machine.device_sets import UNBOUND, DeviceSet
from torc_runner.machine.gpu_variables import TORC_VARIABLE
from torc_runner.machine.job import ClaimedJob
from torc_runner.run_context import RunContext


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
        **_required(job),
    }
    if devices.gpu_ids and context.gpu_variable is not None:
        environment[context.gpu_variable] = environment[TORC_VARIABLE] = ",".join(dict.fromkeys(devices.gpu_ids))
    return environment


def _required(job: ClaimedJob) -> dict[str, str]:
    """Return the variables with what a job requires; none for what its runner does not know."""
    limits = job.limits or job.needs
    required = job.needs if job.needs.num_cpus else limits
    if not required.num_cpus:
        return {}
    variables = {
        job_variables.NUM_CPUS: str(required.num_cpus),
        job_variables.NUM_GPUS: str(required.num_gpus),
        job_variables.NUM_NODES: str(required.num_nodes),
    }
    if limits.memory_bytes:  # a job without requirements counts as one of little memory, and is not limited to it
        variables[job_variables.MEMORY_BYTES] = str(limits.memory_bytes)
    return variables


def workflow_environment(context: RunContext) -> dict[str, str]:
    """Compose the environment of commands that belong to the workflow and to no job."""
    granted = context.granted(context.workflow_env)
    return {**context.inherited, **granted, **context.workflow_env, **context.identity}
