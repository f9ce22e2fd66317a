"""Installs wheels into an environment on a worker. `installing.py` sends this file to the host.

It uses the standard library only, reads a tar file with wheels from stdin, and prints a line with `ANSWER` and JSON.
Each environment has a folder of its own below `.environments`, and is complete before the link with the name of the
version points to it. A runner that uses an earlier environment is not disturbed.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ANSWER = "TORC-INSTALL "
ENVIRONMENTS = ".environments"
COMPLETE = "complete.json"
PIP_SECONDS = 900
LAST_LINES = 4
LIMIT_BYTES = 512 * 1024**2
WHEEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]*\.whl")
NO_INDEX = re.compile(r"No matching distribution|Could not find a version|[Cc]onnection|name resolution|Max retries")


class InstallationError(Exception):
    """The installation is not possible: a reason, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def main(request: Mapping[str, Any]) -> None:
    """Install as a request says, and print the answer."""
    answer: dict[str, Any]
    try:
        answer = install(
            data_folder(),
            request["version"],
            sys.stdin.buffer,
            request["requirements"],
            may_use_index=request["may_use_index"],
        )
    except InstallationError as error:
        answer = {"error": error.reason, "hint": error.remedy}
    except tarfile.TarError as error:
        answer = {"error": f"the wheels did not arrive completely: {error}", "hint": "Try again."}
    except OSError as error:
        place = error.filename or "the environment"
        answer = {"error": f"{place}: {error.strerror or error}", "hint": "Check disk space and permissions."}
    sys.stdout.write(f"\n{ANSWER}{json.dumps(answer)}\n")
    sys.stdout.flush()


def data_folder() -> Path:
    """Return the folder with all installed versions of this user."""
    return Path.home() / ".local" / "share" / "torc"


def install(
    folder: Path, version: str, wheels: IO[bytes], requirements: Sequence[str], *, may_use_index: bool
) -> dict[str, Any]:
    """Install the wheels of a tar stream. Return the path of the program, and whether it was there before.

    Raises InstallationError, OSError and TarError; then nothing has changed.
    """
    environments = folder / ENVIRONMENTS
    environments.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (environments / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        received = environments / f"wheels-{secrets.token_hex(4)}"
        try:
            received.mkdir(0o700)
            digest = receive(wheels, received)
            was_there = is_installed(folder / version, digest)
            if not was_there:
                add(folder, version, received, requirements, digest, may_use_index=may_use_index)
        finally:
            shutil.rmtree(received, ignore_errors=True)
    return {"program": str(folder / version / "bin" / "torc"), "version": version, "was_there": was_there}


def receive(wheels: IO[bytes], received: Path) -> str:
    """Write the wheels of a tar stream to a folder, and return a digest of them and of this Python."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {sys.executable}\n".encode())
    total = 0
    with tarfile.open(fileobj=wheels, mode="r|") as archive:
        for entry in archive:
            total += entry.size
            content = archive.extractfile(entry) if entry.isreg() and WHEEL.fullmatch(entry.name) else None
            if content is None or total > LIMIT_BYTES:
                raise InstallationError(f"{entry.name!r} is not a wheel, or too large", "Check the folder of --wheels.")
            data = content.read()
            digest.update(f"{entry.name} {hashlib.sha256(data).hexdigest()}\n".encode())
            (received / entry.name).write_bytes(data)
    return digest.hexdigest()


def is_installed(environment: Path, digest: str) -> bool:
    """Whether an environment was made from the same wheels, completely."""
    try:
        found = json.loads((environment / COMPLETE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return found == {"digest": digest} and os.access(environment / "bin" / "torc", os.X_OK)


def add(
    folder: Path, version: str, received: Path, requirements: Sequence[str], digest: str, *, may_use_index: bool
) -> None:
    """Make an environment, and let the link of the version point to it."""
    link, environments = folder / version, folder / ENVIRONMENTS
    if link.exists() and not link.is_symlink():
        raise InstallationError(f"{link} exists, and --install did not create it", "Move it away on this host.")
    for each in environments.glob(f"{version}-*"):
        # The lock is held: an interrupted installation left it.
        if not (each / COMPLETE).exists():
            shutil.rmtree(each, ignore_errors=True)
    # The name is final from the start, because the programs in an environment have its path.
    target = environments / f"{version}-{digest[:12]}-{secrets.token_hex(4)}"
    try:
        make_environment(target)
        add_wheels(target, received, requirements, may_use_index=may_use_index)
        check(target, version)
        (target / COMPLETE).write_text(json.dumps({"digest": digest}), "utf-8")
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    fresh = folder / f".{version}-{secrets.token_hex(4)}"
    fresh.symlink_to(target.relative_to(folder))
    fresh.replace(link)


def make_environment(target: Path) -> None:
    """Make an empty environment with pip."""
    ended = run([sys.executable, "-m", "venv", str(target)])
    if ended.returncode == 0:
        return
    if "ensurepip" in ended.stdout or "No module named" in ended.stdout:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise InstallationError(
            f"{sys.executable} cannot make environments, because its modules venv and ensurepip are incomplete",
            f"Install them (Debian: apt-get install {package}), or choose another Python with --python.",
        )
    raise InstallationError(f"venv failed: {end_of(ended.stdout)}", "Check disk space and permissions.")


def add_wheels(target: Path, received: Path, requirements: Sequence[str], *, may_use_index: bool) -> None:
    """Install from the received wheels alone if they suffice, else with an index for the dependencies."""
    pip = [str(target / "bin" / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    pip += ["--quiet", "--no-cache-dir", "--find-links", str(received), "--only-binary", ":all:"]
    ended = run([*pip, "--no-index", *requirements])
    if ended.returncode == 0:
        return
    if not may_use_index:
        raise InstallationError(
            f"the wheels do not suffice for {sys.executable}: {end_of(ended.stdout)}",
            "Put the wheels of all dependencies into the folder of --wheels: pip download --only-binary :all:.",
        )
    ended = run([*pip, "--retries", "1", "--timeout", "10", *requirements])
    if ended.returncode == 0:
        return
    if NO_INDEX.search(ended.stdout):
        raise InstallationError(
            f"pip reaches no index with the dependencies: {end_of(ended.stdout)}",
            "Download the wheels of all dependencies (pip download), and name their folder with --wheels.",
        )
    raise InstallationError(f"pip failed: {end_of(ended.stdout)}", "Repair this on the host, and try again.")


def check(target: Path, version: str) -> None:
    """Require that the installed program runs, and has the version."""
    ended = run([str(target / "bin" / "torc"), "--version"])
    if ended.returncode != 0 or version not in ended.stdout.split():
        raise InstallationError(
            f"the new torc does not run: {end_of(ended.stdout)}", "Choose another Python: --python."
        )


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command with empty stdin, without settings of the user for Python."""
    dropped = ("PYTHON", "PIP_REQUIRE_VIRTUALENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            timeout=PIP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallationError(
            f"{Path(command[0]).name} did not end in {PIP_SECONDS} s", "Check the network of this host."
        ) from error


def end_of(text: str) -> str:
    """Return the last lines of an output in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines[-LAST_LINES:]) or "no reason was printed"
