"""Stop a worker of this host: ask it to end, or kill it with everything that its jobs started."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from torc_client.remote.agent.condition import Condition, WorkerFacts, facts_of
from torc_client.remote.agent.processes import ProcessIdentity, await_end, send_signal
from torc_client.remote.agent.protocol import AgentError, WorkerRequest
from torc_client.remote.agent.unsent import UnsentResults, unsent_results
from torc_client.remote.agent.worker_folder import WorkerFolder

KILL_SECONDS = 10.0
END_JOBS_SECONDS = 60.0


class StopRequest(WorkerRequest, kw_only=True, tag="stop"):
    """Ask a worker to end and wait for its end. With `drains`, its running jobs may end; with `kills`, kill it."""

    wait_seconds: float = 0.0
    drains: bool = False
    kills: bool = False


class StopResult(Struct, kw_only=True, frozen=True):
    """How the worker is now. `is_gone` is whether surely no process of it or its jobs is left on this host."""

    facts: WorkerFacts
    was_running: bool
    is_gone: bool
    was_killed: bool = False
    unsent: UnsentResults = UnsentResults()
    """Results of a worker that is gone, which the server may not have."""


def stop(request: StopRequest) -> StopResult:
    """Stop a worker. A worker is asked once, since the second request would kill its jobs. Raises AgentError."""
    folder = WorkerFolder.of(request)
    facts = facts_of(folder)
    record = folder.worker()
    process = None if record is None else record.process
    if facts.condition is Condition.ELSEWHERE:
        raise AgentError(
            f"the worker was started on {facts.host}, which has the same address and home folder",
            f"Stop it there, or let it end. If that machine has a new name, remove {folder.path}.",
        )
    if facts.condition not in {Condition.RUNNING, Condition.STARTING}:
        # A lock is held by a process of the worker, whatever its files show.
        is_gone = not folder.is_locked() and _end_jobs(facts)
        if is_gone:
            folder.remove_secrets()
        return StopResult(facts=facts, was_running=False, is_gone=is_gone, unsent=_unsent(request, facts))
    if process is None or not process.is_alive:
        raise AgentError(
            "another command starts the worker now, or its process cannot be seen from this login",
            "Try again in a moment.",
        )
    try:
        if request.kills:
            send_signal(process, signal.SIGKILL)
        elif request.drains:
            # Before it is ready, the runner may not handle the notice yet, and the notice would kill it.
            if facts.condition is Condition.RUNNING:
                send_signal(process, signal.SIGUSR1)
        elif folder.stopping() != process:
            _note_stop(folder, process)
            send_signal(process, signal.SIGTERM)
        has_ended = await_end(process, KILL_SECONDS if request.kills else request.wait_seconds)
    except OSError as error:
        raise AgentError(f"the process {process.pid} cannot be stopped: {error.strerror}") from error
    is_gone = has_ended and _end_jobs(facts)
    if has_ended:
        folder.remove_secrets()
    after = facts_of(folder)
    return StopResult(
        facts=after,
        was_running=True,
        is_gone=is_gone,
        was_killed=request.kills and after.exit_code is None,
        unsent=_unsent(request, after) if is_gone else UnsentResults(),
    )


def _note_stop(folder: WorkerFolder, process: ProcessIdentity) -> None:
    """Note that a process is asked to end, since asking it twice would kill its jobs. Raises AgentError."""
    try:
        folder.write(process)
    except OSError as error:
        raise AgentError(
            f"it runs, and that it is asked to end cannot be noted in {folder.path} there: {error.strerror}",
            "Free some space there, or use --force.",
        ) from error


def _unsent(request: StopRequest, facts: WorkerFacts) -> UnsentResults:
    return unsent_results(Path(facts.output_dir), request.workflow_id) if facts.output_dir else UnsentResults()


def _end_jobs(facts: WorkerFacts) -> bool:
    """Kill what the jobs of a worker left, after its end. Return whether surely nothing is left."""
    if not facts.runner_id or facts.was_restarted or facts.condition is Condition.ENDED:
        return True
    if find_spec("torc_runner") is None:
        return False
    command = [sys.executable, "-P", "-m", "torc_runner.launch.end_jobs", facts.runner_id]
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=END_JOBS_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == os.EX_OK
