"""Settings of a spec that do not apply to its execution mode."""

from typing import Any

import pytest

from torc_client.spec import SpecError
from torc_client.spec.plan import make_plan

SCHEDULER = {"slurm_schedulers": [{"name": "s", "account": "a", "walltime": "01:00:00"}]}
ONLY_DIRECT = {"limit_resources": False, "termination_signal": "INT", "sigterm_lead_seconds": 5, "oom_exit_code": 9}
ONLY_SLURM = {"srun_termination_signal": "TERM@60", "enable_cpu_bind": True, "srun_tasks_per_node": 2}


def places(config: dict[str, Any], **members: Any) -> set[str]:
    spec = {"name": "w", "jobs": [{"name": "a", "command": "true"}], "execution_config": config, **members}
    try:
        make_plan("w.yaml", spec)
    except SpecError as error:
        return {problem.place.removeprefix("execution_config.") for problem in error.problems}
    return set()


@pytest.mark.parametrize(
    ("mode", "members", "refused"),
    [
        ({}, {}, ONLY_SLURM),
        ({"mode": "direct"}, SCHEDULER, ONLY_SLURM),
        ({"mode": "auto"}, {}, ONLY_SLURM),
        ({"mode": "auto"}, SCHEDULER, ONLY_DIRECT),
        ({"mode": "slurm"}, {}, ONLY_DIRECT),
    ],
)
def test_all_settings_of_the_other_mode_are_reported_together(
    mode: dict[str, Any], members: dict[str, Any], refused: dict[str, Any]
) -> None:
    assert places({**mode, **ONLY_DIRECT, **ONLY_SLURM}, **members) == set(refused)


def test_values_that_say_what_a_mode_does_anyway_are_accepted() -> None:
    assert places({"mode": "slurm", "limit_resources": True}) == set()
    assert places({"mode": "direct", "enable_cpu_bind": False, "srun_tasks_per_node": 1}) == set()


def test_an_mpi_type_is_for_steps_or_for_runners_of_each_node() -> None:
    assert places({"mode": "slurm", "srun_mpi": "pmix"}) == set()
    assert places({"mode": "direct", "srun_mpi": "pmix"}) == {"srun_mpi"}


@pytest.mark.parametrize("text", ["TERM@120", "SIGUSR1@5", "INT", "10@60", "term@0"])
def test_signals_of_srun(text: str) -> None:
    assert places({"mode": "slurm", "srun_termination_signal": text}) == set()


@pytest.mark.parametrize("text", ["TREM@120", "TERM@", "TERM@soon", "TERM@65536", "@60", "0@60", "TERM @60", ""])
def test_texts_that_srun_would_refuse(text: str) -> None:
    assert places({"mode": "slurm", "srun_termination_signal": text}) == {"srun_termination_signal"}
