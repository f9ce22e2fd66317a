"""Output of jobs, of which only the first part is kept if there is a limit."""

from asyncio import get_running_loop
from collections.abc import Callable, Sequence

from torc_runner import log
from torc_runner.launch.pump import Pump, Stream
from torc_runner.launch.stdio import open_stdio
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import StdioFiles


class CappedOutput:
    """Opens the output files of jobs with their limits. Call `ended` for each job, and `close` at the end."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._pump: Pump | None = None
        self._streams: dict[JobId, Sequence[Stream]] = {}

    def opener(self, job: ClaimedJob) -> Callable[[StdioFiles], tuple[int, int]]:
        """Return the function that opens a job's stdout and stderr: plain files, or pipes if there is a limit."""
        max_bytes = self._context.stdio.of(job.name).max_bytes
        if max_bytes is None:
            return open_stdio
        return lambda files: self._open(job.job_id, files, max_bytes)

    def ended(self, job: ClaimedJob, then: Callable[[], None]) -> None:
        """Call `then` when the files are complete: at once, except for output with a limit."""
        streams = self._streams.pop(job.job_id, None)
        if streams is None or self._pump is None:
            then()
            return

        def done() -> None:
            num_lost_bytes = sum(stream.num_lost_bytes for stream in streams)
            if num_lost_bytes:
                log.job_trouble(
                    self._context, job, "Job output truncated", reason=f"{num_lost_bytes} bytes are not kept"
                )
            then()

        self._pump.finish(streams, done)

    def close(self) -> None:
        """Read the rest of the output of all jobs."""
        if self._pump is not None:
            self._pump.close()

    def _open(self, job_id: JobId, files: StdioFiles, max_bytes: int) -> tuple[int, int]:
        if self._pump is None:
            self._pump = Pump(get_running_loop())
        self._streams[job_id], ends = self._pump.open(files, max_bytes)
        return ends
