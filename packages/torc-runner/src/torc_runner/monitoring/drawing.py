"""Draw what was kept, when a runner is done and the workflow wishes it. That this fails costs only the plots."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from torc_client.errors import TorcError
from torc_runner.log import fields, logger
from torc_runner.monitoring.plan import Plan

if TYPE_CHECKING:
    from torc_client.resource_metrics.plots import Plot

MOST_JOBS = 500
"""A runner has something better to do than to draw each of very many jobs."""


async def draw(plan: Plan, path: Path) -> None:
    """Write plots beside the file of samples, named after it: other nodes have plots in that folder too."""
    if not plan.generate_plots:
        return
    if not plan.keeps_samples:
        logger.warning("No plots: generate_plots needs granularity time_series %s", fields(path=path.parent))
        return

    def plots() -> list["Plot"]:
        from torc_client.resource_metrics.plots import write_plots  # noqa: PLC0415 - few runs draw
        from torc_client.resource_metrics.reading import read_metrics  # noqa: PLC0415

        return (
            write_plots(read_metrics([path]), path.parent, prefix=path.stem, most_jobs=MOST_JOBS)
            if path.exists()
            else []
        )

    try:
        written = await asyncio.to_thread(plots)
    except TorcError as error:
        logger.warning("No plots %s", fields(reason=error.message, remedy=error.hint or ""))
    else:
        logger.info("Plots written %s", fields(plots=len(written), path=path.parent))
