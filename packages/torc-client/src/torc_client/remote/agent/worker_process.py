"""The process of a worker: it notes its identity, becomes the runner, and notes its exit code at its end.

`python -m torc_client.remote.agent.worker_process FOLDER LOCK ARGUMENTS...` runs `torc-runner ARGUMENTS`. LOCK is the
descriptor of the locked file, which is open until the process has ended, however it ends. Jobs do not inherit it.
"""

import fcntl
import runpy
import sys
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from torc_client.remote.agent.processes import own_identity
from torc_client.remote.agent.worker_folder import EndRecord, WorkerFolder
from torc_client.runner_exit_code import RunnerExitCode

_RUNNER = "torc_runner"


def become_runner(folder: WorkerFolder, lock: int, arguments: list[str]) -> None:
    """Run `torc-runner` in this process. Raises SystemExit with its exit code."""
    fcntl.fcntl(lock, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    record = folder.worker()
    if record is None:
        raise SystemExit(RunnerExitCode.ERROR)
    folder.write(replace(record, process=own_identity()))
    exit_code = int(RunnerExitCode.ERROR)
    sys.argv = ["torc-runner", *arguments]
    try:
        runpy.run_module(_RUNNER, run_name="__main__", alter_sys=True)
        exit_code = int(RunnerExitCode.SUCCEEDED)
    except SystemExit as leaving:
        exit_code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        raise
    finally:
        folder.remove_secrets()
        with suppress(OSError):
            folder.write(EndRecord(exit_code))


if __name__ == "__main__":
    become_runner(WorkerFolder(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3:])
