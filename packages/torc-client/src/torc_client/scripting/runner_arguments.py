"""The options of `torc run` from the keywords of `run`."""

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta


def runner_arguments(
    *,
    num_cpus: int | None,
    memory_gb: float | None,
    num_gpus: int | None,
    time_limit: timedelta | str | None,
    labels: str | Iterable[str],
    max_parallel_jobs: int | None,
    output_dir: str | os.PathLike[str] | None,
) -> Iterator[str]:
    """Yield the options. None is the default of the runner."""
    options = {
        "--num-cpus": num_cpus,
        "--memory-gb": memory_gb,
        "--num-gpus": num_gpus,
        "--time-limit": _duration(time_limit),
        "--max-parallel-jobs": max_parallel_jobs,
        "--output-dir": None if output_dir is None else os.fspath(output_dir),
    }
    for name, value in options.items():
        if value is not None:
            yield f"{name}={value}"
    for label in [labels] if isinstance(labels, str) else labels:
        yield f"--label={label}"


def in_keywords(message: str) -> str:
    """Return a message of the runner with the keywords of `run` instead of the options."""
    for name in ("num_cpus", "memory_gb", "num_gpus", "time_limit", "max_parallel_jobs", "output_dir"):
        message = message.replace(f"--{name.replace('_', '-')}", name)
    return message.replace("--label", "labels")


def _duration(time_limit: timedelta | str | None) -> str | None:
    if isinstance(time_limit, timedelta):
        return f"PT{time_limit.total_seconds():.0f}S"
    if time_limit is None or isinstance(time_limit, str):
        return time_limit
    raise TypeError(
        f"time_limit is {time_limit!r}, which has no unit. Pass datetime.timedelta(seconds={time_limit!r}), or a text "
        "such as 'PT2H30M'."
    )
