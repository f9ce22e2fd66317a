"""Copy files between this machine and the working folders of workers, by rsync over ssh.

rsync gets the names of the files on stdin, so that no shell reads them. Nothing is deleted, links that point out of the
copied folder are left out, and a file is replaced as a whole.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from torc_client.edge.output_files import make_folder
from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress
from torc_client.remote.completed import Ended
from torc_client.remote.folder_names import require_folder_name
from torc_client.remote.ssh import DEFAULT_CONNECTION, SshConnection
from torc_client.remote.ssh_problems import RemoteError, SshProblem, last_line, of_ssh, sentence_of
from torc_client.remote.streamed import execute_to

_IDLE_SECONDS = 120
_GRACE_SECONDS = 30
_COMMON = ("--recursive", "--links", "--perms", "--times", "--safe-links", "--secluded-args", "--from0")
_MESSAGES = ("--no-h", "--info=name1,progress2,skip1", f"--timeout={_IDLE_SECONDS}", "--files-from=-")
_WILDCARDS = re.compile(r"[*?\[\]\\]")
_TRANSFERRED = "(xfr#"
_IGNORED_LINK = "ignoring unsafe symlink "
_NEWER = " is newer"
_SSH_FAILED, _NOT_TRANSFERRED, _VANISHED, _NOISE, _STREAM = 255, 23, 24, 2, 12


class Synced(Struct):
    """What was copied. `links` point out of the folder, and `newer` files are newer here; both were left out."""

    files: int = 0
    size_bytes: int = 0
    links: int = 0
    newer: int = 0


Progress = Callable[[int, int], None]
"""Called with the number of bytes and the percentage so far."""


async def sync_in(
    address: WorkerAddress,
    paths: Sequence[str],
    base: Path,
    folder: str,
    *,
    connection: SshConnection = DEFAULT_CONNECTION,
    on_progress: Progress = lambda _size, _percent: None,
) -> Synced:
    """Copy paths below `base` here to a folder of a worker, relative to its home folder. Raises TorcError."""
    words = [*connection.rsync(address, *_COMMON, *_MESSAGES), f"{base}/", _remote(address, folder)]
    return await _sync(address, words, paths, on_progress)


async def sync_out(
    address: WorkerAddress,
    paths: Sequence[str],
    folder: str,
    base: Path,
    *,
    connection: SshConnection = DEFAULT_CONNECTION,
    on_progress: Progress = lambda _size, _percent: None,
) -> Synced:
    """Copy paths of a folder of a worker to `base` here. A file that is newer here is kept. Raises TorcError.

    Paths that were deleted there meanwhile are left out.
    """
    try:
        make_folder(base)
    except OSError as error:
        raise TorcError(f"{base} cannot be created: {error.strerror}.", "Choose another folder.") from error
    options = (*_COMMON, *_MESSAGES, "--update", "--ignore-missing-args")
    words = [*connection.rsync(address, *options), _remote(address, folder), f"{base}/"]
    return await _sync(address, words, paths, on_progress)


def require_rsync() -> None:
    """Require rsync on this machine. Raises TorcError."""
    if shutil.which("rsync") is None:
        raise TorcError("rsync is not installed on this machine.", "Install it (Debian: apt-get install rsync).")


def paths_to_copy(texts: Sequence[str], base: Path, *, must_exist: bool) -> list[str]:
    """Return paths relative to `base`, after their check. Raises TorcError for one that is outside of it.

    With `must_exist`, each must exist here. A link on the way that leads out of `base` is refused.
    """
    return list(dict.fromkeys(_path_to_copy(text, base, must_exist=must_exist) for text in texts))


def folder_of_worker(text: str) -> str:
    """Return the working folder of a worker, relative to its home folder unless absolute. Raises TorcError."""
    folder = require_folder_name(text)
    if _WILDCARDS.search(text):
        raise TorcError(f"The folder {text!a} has a character that rsync replaces: one of * ? [ ] \\.", "Rename it.")
    return folder


def _path_to_copy(text: str, base: Path, *, must_exist: bool) -> str:
    shown = ascii(text)
    if not text or _has_controls(text):
        raise TorcError(f"{shown} is not a valid path.", "Name a file or a folder below the working folder.")
    root = base.resolve()
    path = PurePosixPath(text)
    if path.is_absolute():
        try:
            path = path.relative_to(root)
        except ValueError:
            raise _outside(text, base) from None
    if ".." in path.parts:
        raise _outside(text, base)
    if path.parts and path.parts[0] == "~":
        raise TorcError(f"{shown} is not a path below {base}.", "Name it relative to this folder, without ~.")
    here = base / path
    if must_exist and not here.exists() and not here.is_symlink():
        raise TorcError(f"{here} does not exist.", "Check the path: it is relative to the current folder.")
    if not here.resolve().is_relative_to(root):
        raise TorcError(f"{here} leads to {here.resolve()}, which is outside of {base}.", "Copy the files themselves.")
    return str(path)


def _outside(text: str, base: Path) -> TorcError:
    return TorcError(f"{text!a} is outside of {base}.", "Name files and folders below this folder.")


def _has_controls(text: str) -> bool:
    return not text.isprintable()


def _remote(address: WorkerAddress, folder: str) -> str:
    return f"{address.copy_destination}:{folder}/"


async def _sync(address: WorkerAddress, words: Sequence[str], paths: Sequence[str], on_progress: Progress) -> Synced:
    require_rsync()
    output = RsyncOutput(on_progress)
    names = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    ended = await execute_to(words, output.take, stdin=names, idle_seconds=_IDLE_SECONDS + _GRACE_SECONDS)
    if ended.exit_code not in {0, _VANISHED}:
        raise _failed(address, ended)
    return output.finish()


class RsyncOutput:
    """Reads what rsync prints: names, messages and progress."""

    def __init__(self, on_progress: Progress = lambda _size, _percent: None) -> None:
        self._on_progress = on_progress
        self._rest = ""
        self._synced = Synced()

    def take(self, chunk: bytes) -> None:
        """Take the next piece."""
        *lines, self._rest = re.split(r"[\r\n]", self._rest + chunk.decode("utf-8", "replace"))
        for line in lines:
            self._read(line)

    def finish(self) -> Synced:
        """Return what was copied."""
        self._read(self._rest)
        return self._synced

    def _read(self, line: str) -> None:
        size, percent, *rest = [*line.split(), "", ""]
        if line.startswith(" ") and size.isdecimal() and percent[:-1].isdecimal() and percent.endswith("%"):
            # "204800  14%  1.30kB/s  0:00:00 (xfr#2, to-chk=0/7)"
            counted = [word.removeprefix(_TRANSFERRED).rstrip(",") for word in rest if word.startswith(_TRANSFERRED)]
            self._synced.files = next((int(word) for word in counted if word.isdecimal()), self._synced.files)
            self._synced.size_bytes = int(size)
            self._on_progress(self._synced.size_bytes, int(percent[:-1]))
        elif line.startswith(_IGNORED_LINK):
            self._synced.links += 1
        elif line.endswith(_NEWER):
            self._synced.newer += 1


def _failed(address: WorkerAddress, ended: Ended) -> RemoteError:
    text = ended.err.decode("utf-8", "replace")
    problem, sentence, hint = _reason(ended, text)
    return RemoteError(problem, f"{address}: {sentence}.", hint.replace("HOST", address.destination))


def _reason(ended: Ended, text: str) -> tuple[SshProblem, str, str]:
    if ended.problem is SshProblem.TIME_LIMIT:
        return ended.problem, f"rsync transferred nothing for {_IDLE_SECONDS} s, and was ended", "Check the network."
    if ended.exit_code == _SSH_FAILED:
        problem = of_ssh(text)
        sentence, hint = sentence_of(problem)
        return problem, f"{sentence} ({_first(text)})", hint
    if re.search(r"rsync: (?:command )?not found|command not found: rsync|Unknown command: rsync", text):
        hint = "Install it on the host (Debian: apt-get install rsync)."
        return SshProblem.COMMAND_MISSING, "rsync is not installed there", hint
    if ended.exit_code == _NOISE or "is your shell clean" in text:
        hint = "Let the login files of the host print nothing without a terminal."
        return SshProblem.NO_SHELL, "a login file of the host prints text, which rsync cannot read", hint
    hint = "What was copied before stays. Repair the cause, and try again."
    return SshProblem.EXIT_CODE, f"rsync ended with exit code {ended.exit_code} ({_first(text)})", hint


def _first(text: str) -> str:
    """Return the first line that names a cause: the last ones of rsync only repeat its exit code."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("Warning: Permanently added")]
    return last_line(lines[0]) if lines else "no reason was printed"
