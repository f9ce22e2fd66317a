"""The start of ``torc-server run --daemon``: the command returns when the server listens or could not start."""

import contextlib
import os
import sys


def go_on_in_background() -> None:
    """Continue in a new process with its own session. The old process waits for the first line on stdout, and exits.

    When it has the line, it prints it and exits with 0. If the new process exits before, it exits with its exit code.
    The new process writes to stderr as before, until `daemon.leave_terminal`. Call this before any thread is started.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        with open(reading, "rb") as output:  # noqa: PTH123 - a descriptor
            line = output.readline()
        if line:
            with contextlib.suppress(OSError):  # without a reader, the server runs all the same
                os.write(sys.stdout.fileno(), line)
            os._exit(0)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) or 1)
    os.setsid()
    os.close(reading)
    os.dup2(writing, sys.stdout.fileno())
    os.close(writing)
