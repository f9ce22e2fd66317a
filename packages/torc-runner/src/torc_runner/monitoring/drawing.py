"""Draws plots of the stored samples at the end of a node session, if the workflow asks for plots."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from torc_client.errors import TorcError
from torc_runner.log import fields, logger
from torc_runner.monitoring.plan import Plan

if TYPE_CHECKING:
    from torc_client.resource_metrics.plots import Plot

MAX_JOBS = 500
"""The most jobs that are drawn one by one."""


async def draw(plan: Plan, path: Path) -> None:
    """Write plots beside the file of samples. They are named after it, because other nodes use the same folder.

    A failure is only logged.
    """
    if not plan.generate_plots:
        return
    if not plan.keeps_samples:
        logger.warning("No plots: generate_plots needs granularity time_series %s", fields(path=path.parent))
        return

    def plots() -> list["Plot"]:
        from torc_client.resource_metrics.plots import write_plots  # noqa: PLC0415 - few runs draw
        from torc_client.resource_metrics.reading import read_metrics  # noqa: PLC0415

        return (
            write_plots(read_metrics([path]), path.parent, prefix=path.stem, most_jobs=MAX_JOBS)
            if path.exists()
            else []
        )

    try:
        written = await asyncio.to_thread(plots)
    except TorcError as error:
        later = f"Then draw the stored samples: torc plot-resources {path}"
        logger.warning("No plots %s", fields(reason=error.message, remedy=f"{error.hint or ''} {later}".strip()))
    else:
        logger.info("Plots written %s", fields(plots=len(written), path=path.parent))
