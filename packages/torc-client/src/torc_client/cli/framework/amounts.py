"""Types of options that are amounts."""

from typing import Any

import click


class Walltime(click.ParamType[int]):
    """A time limit of Slurm, such as 04:00:00 or 1-12:00:00, in seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse the time limit. Raises BadParameter."""
        from torc_client.batch.walltime import walltime_seconds

        if isinstance(value, int):
            return value
        try:
            seconds = walltime_seconds(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds <= 0:
            self.fail(f"{value!r} leaves no time for jobs", param, ctx)
        return seconds
