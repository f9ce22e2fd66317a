"""Start a worker on this host, and wait until the server has accepted it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from torc_client.edge.output_files import make_folder
from torc_client.remote.agent.condition import Condition, WorkerFacts, facts_of, last_lines
from torc_client.remote.agent.launcher import write_launcher
from torc_client.remote.agent.lost_state import WORKER_PROCESS, log_name
from torc_client.remote.agent.protocol import AgentError, WorkerRequest
from torc_client.remote.agent.worker_folder import WorkerFolder, WorkerRecord
from torc_client.remote.folder_names import folder_named
from torc_client.remote.record_folder import state_home
from torc_client.shared_folders import open_file
from torc_client.version import __version__

READY_SECONDS = 45.0
_STEP_SECONDS = 0.05
_LOCK_SECONDS = 3.0
"""The time for which a lock is awaited that is held without a worker: another agent looks at it."""
_TERM_SECONDS = 5.0


class StartRequest(WorkerRequest, kw_only=True, tag="start"):
    """Start a worker. Relative folders begin at the home folder."""

    url: str
    output_dir: str
    chdir: str | None = None
    """The working directory of jobs. None for the home folder."""
    options: list[str] = []
    """Further options of `torc-runner`."""
    token: str | None = None
    tls_ca: str | None = None
    """The certificates of authorities to trust, in PEM."""
    tls_insecure: bool = False
    """Whether any certificate of the server is accepted."""
    ready_seconds: float = READY_SECONDS
    prologue: str = ""
    """The commands that ran before this agent was started, for `torc remote-agent` later."""
    is_chosen: bool = False
    """Whether the program or the prologue was chosen by an option."""


class StartResult(Struct, kw_only=True, frozen=True):
    """Whether a worker works now. `is_started` and `was_running` are both false after a failure."""

    facts: WorkerFacts
    is_started: bool = False
    was_running: bool = False
    reason: str = ""
    lines: list[str] = []


def start(request: StartRequest) -> StartResult:
    """Start a worker, unless it runs. Returns when the server has accepted it, or it has failed. Raises AgentError."""
    _require_runner()
    folder = WorkerFolder.of(request)
    working = folder_named(request.chdir or ".", Path.home())
    if not working.is_dir():
        raise AgentError(
            f"the folder {working} does not exist there, so jobs cannot run in it",
            "Create it, or choose another one with --chdir.",
        )
    with _reported(folder.path):
        folder.create()
        lock = _locked(folder, request.ready_seconds)
    if lock is None:
        facts = facts_of(folder)
        return StartResult(
            facts=facts,
            was_running=facts.is_alive,
            reason="" if facts.is_alive else "another process has locked its files",
        )
    try:
        facts = facts_of(folder, has_lock=True)
        if facts.is_alive:
            return _refused(facts)
        return _started(request, folder, working, lock)
    finally:
        os.close(lock)


def _refused(facts: WorkerFacts) -> StartResult:
    """Return the result for a worker that runs, or may run, although its lock is free: the folder has no locks."""
    if facts.condition is not Condition.ELSEWHERE:
        return StartResult(facts=facts, was_running=True)
    return StartResult(
        facts=facts, reason=f"it was started on {facts.host}, which has the same address and home folder"
    )


def _started(request: StartRequest, folder: WorkerFolder, working: Path, lock: int) -> StartResult:
    output = folder_named(request.output_dir, Path.home())
    log = output / log_name(request.workflow_id, folder.path.name)
    with _reported(output):
        make_folder(output)
        descriptor = open_file(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        with _reported(folder.path):
            folder.forget_last()
            folder.write_secrets(request.token, request.tls_ca)
            offset = os.fstat(descriptor).st_size
            folder.write(
                WorkerRecord(
                    worker=request.worker,
                    workflow_id=request.workflow_id,
                    url=request.url,
                    version=__version__,
                    output_dir=str(output),
                    log=str(log),
                    log_offset=offset,
                    started_at=datetime.now(UTC).isoformat(timespec="seconds"),
                )
            )
            process = subprocess.Popen(
                _command(request, folder, output, lock),
                cwd=working,
                env=_environment(request, folder),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                pass_fds=(lock,),
                start_new_session=True,
            )
    finally:
        os.close(descriptor)
    exit_code = _await_ready(folder, process, request.ready_seconds)
    facts, ready = facts_of(folder, has_lock=True), folder.ready()
    if ready is not None and ready.pid == process.pid:
        if request.is_chosen:
            write_launcher(request.prologue)
        return StartResult(facts=facts, is_started=True)
    if exit_code is None:
        _end(process)
        reason = f"the server had not accepted it after {request.ready_seconds:.0f} s, so it was ended"
    elif exit_code < 0:
        reason = f"it was killed by signal {-exit_code}"
    else:
        reason = f"it ended with exit code {exit_code}"
    folder.remove_secrets()
    return StartResult(facts=facts_of(folder, has_lock=True), reason=reason, lines=last_lines(log, offset))


def _command(request: StartRequest, folder: WorkerFolder, output: Path, lock: int) -> list[str]:
    return [
        *(sys.executable, "-P", "-m", WORKER_PROCESS, str(folder.path), str(lock)),
        *(str(request.workflow_id), "--url", request.url, "--output-dir", str(output)),
        *("--ready-file", str(folder.ready_path), "--remote-worker", request.worker),
        *request.options,
    ]


def _environment(request: StartRequest, folder: WorkerFolder) -> dict[str, str]:
    """Return the environment of the runner: that of this login, with the secrets of the request as files."""
    environment = dict(os.environ)
    if request.token is not None:
        environment["TORC_TOKEN_FILE"] = str(folder.token_path)
    if request.tls_ca is not None:
        environment["TORC_TLS_CA_CERT"] = str(folder.ca_path)
    if request.tls_insecure:
        environment["TORC_TLS_INSECURE"] = "true"
    return environment


def _await_ready(folder: WorkerFolder, process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Wait until the runner is ready or has ended. Return its exit code, or None if it runs."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        exit_code = process.poll()
        ready = folder.ready()
        if exit_code is not None or (ready is not None and ready.pid == process.pid):
            return exit_code
        time.sleep(_STEP_SECONDS)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a runner that the server has not accepted, so that it runs no jobs."""
    process.terminate()
    try:
        process.wait(_TERM_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _locked(folder: WorkerFolder, ready_seconds: float) -> int | None:
    """Lock a worker; None if a runner has the lock, or another command still starts one. Raises OSError."""
    began = time.monotonic()
    while True:
        lock = folder.lock()
        if lock is not None:
            return lock
        condition = facts_of(folder).condition
        seconds = ready_seconds if condition is Condition.STARTING else _LOCK_SECONDS
        if condition is Condition.RUNNING or time.monotonic() - began >= seconds:
            return None
        time.sleep(_STEP_SECONDS)


def _require_runner() -> None:
    if find_spec("torc_runner") is None:
        raise AgentError(
            f"torc-runner is not installed in {sys.prefix} there",
            "Install it beside torc, let `torc remote run --install` do it, or name another torc with --torc-bin.",
        )


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    """Report an error of the file system with its folder."""
    try:
        yield
    except OSError as error:
        raise AgentError(
            f"{error.filename or folder} cannot be used there: {error.strerror}",
            f"Check the permissions and the free space of {folder} and {state_home()}.",
        ) from error
