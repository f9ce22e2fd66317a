"""The journals that ended runners left on this host: results that the server may not have."""

import os
from pathlib import Path

from msgspec import Struct

from torc_client.journal.files import is_foreign, journals, lock

MOST_BYTES = 1024 * 1024


class UnsentResults(Struct, frozen=True):
    """The content of journals, by file name. `is_complete` is false if there is more than an answer can have."""

    files: dict[str, bytes] = {}
    is_complete: bool = True


def unsent_results(output_dir: Path, workflow_id: int) -> UnsentResults:
    """Return the journals of a workflow that no runner has locked. They stay: the next runner here sends them too."""
    files: dict[str, bytes] = {}
    left_bytes, is_complete = MOST_BYTES, True
    for journal in journals(output_dir):
        if journal.workflow_id != workflow_id:
            continue
        try:
            content = None if is_foreign(journal.path) else _unlocked(journal.path, left_bytes + 1)
        except OSError:
            is_complete = False
            continue
        if content is not None and len(content) > left_bytes:
            is_complete = False
        elif content:
            files[journal.path.name] = content
            left_bytes -= len(content)
    return UnsentResults(files, is_complete)


def _unlocked(path: Path, longest: int) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(longest) if lock(descriptor) else None
