"""Start runners on this machine, for the action `schedule_nodes` with a local scheduler."""

import asyncio
import os
import signal
import sys

from torc_client.client import TorcClient
from torc_client.defaults import BYTES_PER_GB
from torc_client.errors import TorcError
from torc_client.spec.quantities import memory_bytes
from torc_runner import log
from torc_runner.connection.outage import Outages
from torc_runner.handlers.workflow_actions import Nodes
from torc_runner.launch.spawn import Child, LaunchError
from torc_runner.launch.waiting import run_to_end
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import StdioFiles

_PATIENCE_SECONDS = 60.0
"""Longer than a stopping runner takes to end its jobs and to report them."""


class LocalAllocations:
    """The runners that this runner has started. They end with the workflow, or with this runner."""

    def __init__(self, client: TorcClient, context: RunContext, outages: Outages) -> None:
        self._client = client
        self._context = context
        self._outages = outages
        self._runners: set[asyncio.Task[None]] = set()
        self._children: list[Child] = []
        self._number = 0

    async def start(self, nodes: Nodes) -> None:
        """Start runners with the resources of the local scheduler. Raises TorcError."""
        offer = await self._offer(nodes.scheduler_id)
        offer += ["--num-gpus", "0"]  # only this runner assigns the GPUs of the machine
        limit = [] if nodes.max_parallel_jobs is None else ["--max-parallel-jobs", str(nodes.max_parallel_jobs)]
        for _ in range(max(1, nodes.num_allocations or 1)):
            self._number += 1
            self._runners.add(asyncio.create_task(self._run([*offer, *limit], self._number)))

    async def ended(self) -> None:
        """Wait until all started runners have ended."""
        try:
            await asyncio.gather(*self._runners)
        finally:
            for runner in self._runners:
                runner.cancel()

    def stop(self) -> None:
        """Send SIGTERM to the started runners. A second SIGTERM makes them kill their jobs."""
        self.pass_on(signal.SIGTERM)

    def pass_on(self, number: signal.Signals) -> None:
        """Forward a signal to the started runners."""
        for child in self._children:
            child.signal_group(number)

    async def leave(self, *, were_asked: bool) -> None:
        """Stop the started runners unless `were_asked`, and wait for their ends; cancel those that take too long."""
        if not self._runners:
            return
        if not were_asked:
            self.stop()
        _, late = await asyncio.wait(self._runners, timeout=_PATIENCE_SECONDS)
        for runner in late:
            runner.cancel()

    async def _offer(self, scheduler_id: int | None) -> list[str]:
        if scheduler_id is None:
            return []
        scheduler = await self._outages.outlast(lambda: self._client.local_schedulers.get_local_scheduler(scheduler_id))
        # The server refuses schedulers of other workflows; this one may have been created after the action.
        if scheduler.workflow_id != self._context.workflow_id:
            raise TorcError(
                f"The local scheduler {scheduler_id} belongs to another workflow than {self._context.workflow_id}; use"
                " one of this workflow"
            )
        arguments = [] if scheduler.num_cpus is None else ["--num-cpus", str(scheduler.num_cpus)]
        if scheduler.memory is not None:
            arguments += ["--memory-gb", str(memory_bytes(scheduler.memory) / BYTES_PER_GB)]
        return arguments

    async def _run(self, arguments: list[str], number: int) -> None:
        context = self._context
        command = [sys.executable, "-P", "-m", "torc_runner", str(context.workflow_id), "--url", self._client.url]
        folder = context.output_dir / f"runner_n{context.compute_node_id}_{number}"
        path = f"{folder}.log"
        try:
            # Unlike a job, a runner needs the credentials of its parent.
            code = await run_to_end(
                [*command, "--output-dir", str(context.output_dir), *context.runner_options, *arguments],
                os.environ,
                StdioFiles(path, path),
                self._children.append,
            )
        except LaunchError as error:
            log.logger.warning("Runner not started %s", log.fields(reason=error))
            return
        log.logger.info("Started runner left %s", log.fields(return_code=code, log=path))
