"""The files to which a batch system writes the output of allocations."""

import os
import stat
from pathlib import Path

from torc_client.api.records import ScheduledComputeNodesModel
from torc_client.edge.terminal_text import inert_line

_READ_BYTES = 4096
_LONGEST = 200


def output_name(system: str, workflow_id: int, allocation: str, ending: str) -> str:
    """Return the name of a file in the output folder. `ending` is `o` for stdout and `e` for stderr."""
    return f"{system}_output_wf{workflow_id}_sl{allocation}.{ending}"


def element_suffix(request: str, number: str) -> str:
    """Return what follows the id of an element of an array in the name of its file. Only this is in its record."""
    return f"_{request}_{number}"


def last_line(record: ScheduledComputeNodesModel) -> str:
    """Return the last line that an allocation wrote to stderr, without control characters and shortened.

    It is empty if the file cannot be read here.
    """
    try:
        path = output_path(record, "e")
        if path is None:
            return ""
        # Opening a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return ""
            file.seek(max(0, status.st_size - _READ_BYTES))
            lines = file.read(_READ_BYTES).decode("utf-8", "replace").split("\n")
    except (OSError, ValueError):
        return ""
    line = inert_line(next((each.strip() for each in reversed(lines) if each.strip()), ""))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def output_path(record: ScheduledComputeNodesModel, ending: str) -> Path | None:
    """Return the path of the stdout or stderr of an allocation: `ending` is `o` or `e`. None if it is not known.

    The own id of an element of an array is found by its file.
    """
    if not record.folder:
        return None
    folder, request = Path(record.folder), str(record.scheduler_id)
    if record.task is None:
        return folder / output_name(record.scheduler_type, record.workflow_id, request, ending)
    pattern = f"*{element_suffix(request, str(record.task))}"
    return next(folder.glob(output_name(record.scheduler_type, record.workflow_id, pattern, ending)), None)
