"""The paths that a worker has: names and patterns are resolved there, by its shell."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from shlex import quote

from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress

_LIMIT_SECONDS = 60
_OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024
_WILDCARD = re.compile(r"([*?]|\[[^\]]+\])")
# An empty name ends the list of each pattern. A pattern that matches nothing stays as it is, and does not exist.
_LIST = r"""
list() {
    for path; do
        if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\000' "$path"; fi
    done
    printf '\000'
}"""


async def paths_there(
    address: WorkerAddress,
    patterns: Sequence[str],
    folder: str,
    *,
    connection: ssh.SshConnection = ssh.DEFAULT_CONNECTION,
) -> dict[str, list[str]]:
    """Return the paths of each pattern in a folder of a worker, which is relative to its home. Raises RemoteError.

    A pattern has `*`, `?` or `[...]`, as in a shell. Another text is a path. Names that lead out of the folder are left
    out: those of the pattern `.*`, and those that a host makes up.
    """
    script = "\n".join([f"cd -- {quote(folder)} || exit 1", _LIST, *(f"list {_word(each)}" for each in patterns)])
    completed = await ssh.run(
        address, script, limit_seconds=_LIMIT_SECONDS, connection=connection, output_limit=_OUTPUT_LIMIT_BYTES
    )
    names = iter(completed.require().out.decode("utf-8", "surrogateescape").split("\0"))
    return {pattern: [name for name in iter(names.__next__, "") if _is_inside(name)] for pattern in patterns}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _word(pattern: str) -> str:
    """Quote all of a pattern but its wildcards."""
    parts = _WILDCARD.split(pattern)
    return "".join(part if index % 2 else quote(part) if part else "" for index, part in enumerate(parts))
