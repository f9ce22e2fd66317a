"""Warnings about jobs that no allocation of a spec can run."""

import re
from typing import Any

import pytest

from torc_client.spec.plan import make_plan

NEEDS = {"name": "r", "num_cpus": 4, "memory": "8g", "runtime": "PT1H", "num_gpus": 1}
FITS = {"name": "s", "account": "wind", "walltime": "02:00:00", "mem": "8g", "gres": "gpu:1"}


def warnings(
    *schedulers: dict[str, Any], needs: dict[str, Any] | None = None, scheduler: str | None = "s", **members: Any
) -> list[str]:
    skip_checks = members.pop("skip_checks", False)
    job = {"name": "a", "command": "true", "resource_requirements": "r"} | (
        {"scheduler": scheduler} if scheduler else {}
    )
    spec = {
        "name": "w", "slurm_schedulers": list(schedulers), "jobs": [job, {**job, "name": "b"}],
        "resource_requirements": [NEEDS | (needs or {})],
    }  # fmt: skip
    plan = make_plan("s.yaml", spec | members, skip_checks=skip_checks)
    return [str(each) for each in plan.warnings if str(each.code) == "SPEC057"]


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"walltime": "00:59:59"}, [58, 29, 1]),
        # The runner ends the jobs of an allocation some time before its end.
        ({"walltime": "01:00:00"}, [58, 30, 1]),
        ({"mem": "8191m"}, [8191, 8192]),
        ({"mem": "8000"}, [8000, 8192]),
        ({"gres": "gpu:h100:2,tmp:1", "_": {"num_gpus": 3}}, [2, 3]),
        ({"gres": None}, [0, 1]),
        ({"extra": "--cpus-per-task=2"}, [2, 4]),
    ],
    ids=str,
)
def test_a_job_of_a_scheduler_with_too_little_is_a_warning(changes, numbers):
    needs = changes.pop("_", {})
    scheduler = {name: value for name, value in (FITS | changes).items() if value is not None}
    (warning,) = warnings(scheduler, needs=needs)
    assert warning.startswith("jobs[0]: ")
    count, *of_resources = map(int, re.findall(r"\b[0-9]+\b", warning.partition(": ")[2].partition(";")[0]))
    assert (count, of_resources) == (2, numbers)
    assert warnings(scheduler, needs=needs, skip_checks=True) == []


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"walltime": "01:02:00"}, {"mem": "0"}, {"mem": None}, {"gres": "gpu"}, {"walltime": "infinite"},
        {"gres": None, "extra": "--gpus-per-node=1"},
    ],
    ids=str,
)  # fmt: skip
def test_what_fits_or_is_not_known_is_no_warning(changes):
    assert warnings({name: value for name, value in (FITS | changes).items() if value is not None}) == []


def test_a_job_without_scheduler_needs_one_that_fits():
    short, small = FITS | {"name": "short", "walltime": "00:30:00"}, FITS | {"name": "small", "mem": "1g"}
    (warning,) = warnings(short, small, scheduler=None)
    assert ["short: 28 " in warning, "small: 1024 " in warning] == [True, True]
    assert warnings(short, small, FITS, scheduler=None) == []
    assert warnings(scheduler=None) == []
    (nodes,) = warnings(FITS, scheduler=None, needs={"num_nodes": 2})
    assert re.findall(r"\b[0-9]+ nodes?\b.* ([0-9]+)\b", nodes) == ["2"]


def test_margins_that_take_the_whole_walltime_are_a_warning():
    execution = {"sigterm_lead_seconds": 100, "sigkill_headroom_seconds": 20}
    (first, _) = warnings(FITS | {"walltime": "00:02:00"}, execution_config=execution)
    assert first.startswith("slurm_schedulers[0].walltime: ")
    assert len(warnings(FITS | {"walltime": "00:02:00"})) == 1


def test_memory_that_slurm_cannot_read_is_a_warning():
    (warning,) = warnings(FITS | {"mem": "8 gigabytes"})
    assert warning.startswith("slurm_schedulers[0].mem: ")
