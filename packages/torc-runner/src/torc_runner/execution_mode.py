"""How a runner starts jobs: as processes of its machine, or as steps of its allocation."""

import shutil
from collections.abc import Mapping, Sequence

from torc_client.answers import value_or
from torc_client.api.enums import ExecutionMode
from torc_client.api.records import ExecutionConfig, WorkflowModel
from torc_client.batch.own_steps import own_steps
from torc_client.batch.steps import StepRules
from torc_client.errors import TorcError
from torc_runner.launch.steps import StepSettings


def step_settings(
    workflow: WorkflowModel, environment: Mapping[str, str], node_names: Sequence[str] = ()
) -> StepSettings | None:
    """Return how to start jobs as steps; None to start them as processes of this machine.

    `node_names` are the nodes of the allocation, if the runner chooses the nodes of a job. Raises TorcError if steps
    are wanted and cannot be started here.
    """
    config = workflow.execution_config or ExecutionConfig()
    if config.mode in {None, ExecutionMode.DIRECT}:
        return None
    steps = own_steps(environment)
    if steps is None and config.mode is ExecutionMode.AUTO:
        return None
    if steps is None:
        raise TorcError(
            "The execution mode of this workflow is slurm, and this runner is not in an allocation of Slurm.",
            "Submit the workflow with torc submit, or set mode to auto or direct in its execution_config.",
        )
    if shutil.which(steps.program, path=environment.get("PATH")) is None:
        raise TorcError(
            f"{steps.program} is not on the PATH, so jobs cannot be started as steps of the allocation.",
            "Add its folder to PATH, or set mode to direct in the execution_config of the workflow.",
        )
    return StepSettings(
        steps=steps,
        rules=StepRules(
            bind_cpus=bool(config.enable_cpu_bind),
            termination_signal=config.srun_termination_signal or None,
            mpi=config.srun_mpi or None,
            tasks_per_node=max(1, value_or(config.srun_tasks_per_node, 1)),
        ),
        node_names=node_names,
    )
