"""Install Torc on the host of a worker: find a Python there, and send `installer.py` with wheels over ssh."""

import io
import json
import shlex
import sys
import tarfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec
from msgspec import Struct

from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.remote import installer
from torc_client.remote.address import WorkerAddress
from torc_client.remote.completed import Completed
from torc_client.remote.own_wheels import OWN
from torc_client.remote.ssh import DEFAULT_CONNECTION, SshConnection, run
from torc_client.version import __version__

PROGRAM = f"~/.local/share/torc/{__version__}/bin/torc"
"""The program that is installed, as `--torc-bin` names it."""

INSTALL_SECONDS = 1200.0
"""The limit for the installation on one host."""

# The version of this machine first: wheels of its dependencies may fit.
_PYTHONS = dict.fromkeys(
    (f"python3.{sys.version_info[1]}", "python3.13", "python3.12", "python3.11", "python3", "/usr/local/bin/python3")
)
_NO_PYTHON = "TORC-NO-PYTHON "
_IS_RECENT = "import sys; sys.exit(sys.version_info[:2] < (3, 11))"
_VERSION = "import sys; print(sys.version.split()[0])"


class Installed(Struct, frozen=True):
    """Where Torc is on a host."""

    program: str
    version: str
    was_there: bool = False


class _Answer(Struct, frozen=True):
    """What `installer.py` prints."""

    program: str = ""
    version: str = ""
    was_there: bool = False
    error: str = ""
    hint: str = ""


def wheels_in(folder: Path) -> list[Path]:
    """Return the wheels in a folder that a user named. Raises TorcError if ours, of this version, are not there."""
    try:
        wheels = sorted(path for path in folder.iterdir() if path.suffix == ".whl" and path.is_file())
    except OSError as error:
        raise TorcError(f"{folder} cannot be read: {error.strerror}.", "Name a folder with wheels.") from error
    for name in OWN:
        prefix = f"{name.replace('-', '_')}-{__version__}-"
        if not any(wheel.name.startswith(prefix) for wheel in wheels):
            raise TorcError(
                f"{folder} has no wheel of {name} {__version__}, the version of this machine.",
                f"Download it with its dependencies: pip download -d {shlex.quote(str(folder))} {name}=={__version__}",
            )
    return wheels


def as_tar(wheels: Sequence[Path]) -> bytes:
    """Return a tar file with wheels. The same wheels have the same content. Raises TorcError."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for wheel in sorted(wheels, key=lambda path: path.name):
            try:
                data = wheel.read_bytes()
            except OSError as error:
                raise TorcError(f"{wheel} cannot be read: {error.strerror}.", "Check --wheels.") from error
            entry = tarfile.TarInfo(wheel.name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


async def install(
    address: WorkerAddress,
    wheels: bytes,
    *,
    may_use_index: bool,
    python: str | None = None,
    prologue: str = "",
    connection: SshConnection = DEFAULT_CONNECTION,
    limit_seconds: float = INSTALL_SECONDS,
) -> Installed:
    """Install Torc into an environment on the host of a worker, and return its program. Raises TorcError.

    `wheels` is made by `as_tar`. Without `may_use_index`, it must have the wheels of all dependencies. `prologue` has
    commands of the shell that run before. Nothing has changed on the host after an error.
    """
    source = resources.files(installer.__package__).joinpath("installer.py").read_bytes()
    request = {
        "version": __version__,
        "requirements": [f"{name}=={__version__}" for name in OWN],
        "may_use_index": may_use_index,
    }
    program = source + f"\n\nmain(json.loads({json.dumps(request)!r}))\n".encode()
    completed = await run(
        address,
        script_of_installation(python, prologue, len(program)),
        stdin=program + wheels,
        limit_seconds=limit_seconds,
        connection=connection,
    )
    return _installed(completed, python)


def script_of_installation(python: str | None, prologue: str, length: int) -> str:
    """Return a script that runs a Python program of this length, from stdin, by the first Python that is recent."""
    pythons = [python] if python else [*_PYTHONS]
    run_it = f"import sys; exec(compile(sys.stdin.buffer.read({length}), 'installer.py', 'exec'))"
    return (
        f"{prologue_of(prologue)}found=\n"
        f"for python in {shlex.join(pythons)}; do\n"
        f'version=$("$python" -c {shlex.quote(_VERSION)} </dev/null 2>/dev/null) || continue\n'
        f'if "$python" -c {shlex.quote(_IS_RECENT)} </dev/null 2>/dev/null; then\n'
        f'exec "$python" -c {shlex.quote(run_it)}\nfi\n'
        f'found="$found $python $version"\ndone\n'
        f"printf '\\n%s%s\\n' '{_NO_PYTHON}' \"$found\"\n"
    )


def prologue_of(commands: str) -> str:
    """Return the lines of a script that run a prologue, without the stdin and the stdout of the script."""
    return f"eval {shlex.quote(commands)} </dev/null >&2 || exit\n" if commands else ""


def _installed(completed: Completed, python: str | None) -> Installed:
    address = completed.address
    for line in completed.text.splitlines():
        if line.startswith(_NO_PYTHON):
            found = inert_line(" ".join(line.removeprefix(_NO_PYTHON).split()))
            wanted = f"{inert_line(python)} is not a Python" if python else "there is no Python"
            raise TorcError(
                f"{address}: {wanted} 3.11 or newer{f', only {found}' if found else ''}.",
                "Install one there, name its path with --python, or load it with --prologue.",
            )
        if line.startswith(installer.ANSWER):
            try:
                answer = msgspec.json.decode(line.removeprefix(installer.ANSWER), type=_Answer)
            except msgspec.DecodeError:
                break
            if answer.error:
                raise TorcError(f"{address}: {inert_line(answer.error)}.", inert_line(answer.hint) or None)
            return Installed(answer.program, answer.version, answer.was_there)
    completed.require()
    raise TorcError(f"{address}: the installation printed no result.", "Try it again.")
