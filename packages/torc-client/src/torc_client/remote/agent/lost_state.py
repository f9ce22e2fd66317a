"""A worker whose files were deleted while it runs, for example with its folder for state.

Its process has the folder among its arguments. Without a search for it, a second runner would be started in its place,
and its jobs would be given to others while they run.
"""

from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from torc_client.remote.agent.processes import running_python_module
from torc_client.remote.agent.worker_folder import WorkerFolder, WorkerRecord

WORKER_PROCESS = "torc_client.remote.agent.worker_process"
"""The module that the process of a worker runs. Its first argument is the folder of the worker."""


def found_again(folder: WorkerFolder) -> WorkerRecord | None:
    """Return the record of a worker that runs without one, and write it again where that is possible."""
    for process, arguments in running_python_module(WORKER_PROCESS, str(folder.path)):
        # The descriptor of the lock comes first.
        options = dict(pairwise(arguments))
        output = options.get("--output-dir", "")
        record = WorkerRecord(
            worker=options.get("--remote-worker", ""),
            workflow_id=int(folder.path.parent.name),
            url=options.get("--url", ""),
            version="",
            output_dir=output,
            log=str(Path(output) / log_name(int(folder.path.parent.name), folder.path.name)),
            log_offset=0,
            started_at="",
            process=process,
        )
        with suppress(OSError):
            folder.create()
            folder.write(record)
        return record
    return None


def log_name(workflow_id: int, worker: str) -> str:
    """Return the name of the log of a worker. `worker` is the name of its folder."""
    return f"torc_worker_wf{workflow_id}_{worker}.log"
