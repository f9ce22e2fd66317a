"""A process that has imported the programs and forks for each command, which saves the time of the imports.

`python warm.py SOCKET` runs with the interpreter of any environment that has the programs. Each connection is one
command: a JSON object with the words, the directory and the environment, together with the descriptors of stdin,
stdout and stderr. The answers are the process id of the command and, at its end, its wait status.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGES = ("torc_client", "torc_runner", "torc_server")
ENTRY_POINTS = {
    "torc": "torc_client.cli",
    "torc-runner": "torc_runner.cli",
    "torc-server": "torc_server.cli",
}
WAITS = "torc-waits"
"""The name of a process that only waits for a command."""
ANSWER = struct.Struct("!q")


def import_everything() -> None:
    """Import all modules of the programs."""
    for package in PACKAGES:
        imported = importlib.import_module(package)
        for module in pkgutil.walk_packages(imported.__path__, f"{package}."):
            # `__main__` runs a program; others may need packages that are not installed.
            if not module.name.endswith(("__main__", "watchdog_process")):
                with contextlib.suppress(ImportError):
                    importlib.import_module(module.name)


def next_command(listening: socket.socket) -> dict[str, Any]:
    """Serve connections. Returns in a new process for each command, with the words that it is to run."""
    while True:
        # stdin ends with the driver.
        if sys.stdin in select.select([listening, sys.stdin], [], [])[0]:
            os._exit(0)
        connection, _ = listening.accept()
        if os.fork():
            connection.close()
            continue
        # This process waits for the command, so that the server of the socket never waits.
        listening.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        message, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        command: dict[str, Any] = json.loads(message)
        if not (child := os.fork()):
            connection.close()
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
            for descriptor in descriptors:
                os.close(descriptor)
            return command
        for descriptor in descriptors:
            os.close(descriptor)
        os.closerange(0, 3)
        Path("/proc/self/comm").write_text(WAITS)
        connection.sendall(ANSWER.pack(child))
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(OSError):
            connection.sendall(ANSWER.pack(status))
        os._exit(0)


def main() -> Callable[[], Any]:
    """Listen. Returns in the process of a command, with the function that runs it."""
    # Ctrl-C before the program has begun ends it, as it ends an interpreter that starts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    import_everything()
    gc.collect()
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(sys.argv[1])
    listening.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    command = next_command(listening)
    os.setpgid(0, 0)
    Path("/proc/self/comm").write_text(command["words"][0])
    os.chdir(command["directory"])
    os.environ.clear()
    os.environ.update(command["environment"])
    program, *words = command["words"]
    sys.argv = [os.path.join(os.path.dirname(sys.executable), program), *words]  # noqa: PTH118, PTH120 - as the kernel
    sys.path[0] = os.path.dirname(sys.executable)  # noqa: PTH120 - as for an installed program
    return importlib.import_module(ENTRY_POINTS[program]).main  # type: ignore[no-any-return]


def ended(function: Callable[[], Any]) -> int:
    """Run the function of an entry point as a script does, and return its exit code."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = function()
    except SystemExit as exit_:
        code = exit_.code
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    # The interpreter's own end would spend most of the time on the imported modules.
    os._exit(ended(main()))
