"""``torc-server run --daemon``: whoever starts it is told where the server listens, or why not, and goes on."""

import os
import sys


def go_on_in_background() -> None:
    """Return in a new process of a session of its own. The old one waits for a first line on stdout, and ends.

    It ends with status 0 when it has that line, which it prints, and with the status of the new one where that ends
    before. What the new one says on stderr until then is seen as ever; `daemon.leave_terminal` ends that.
    To be called before there are threads.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        with open(reading, "rb") as told:  # noqa: PTH123 - a descriptor
            line = told.readline()
        if line:
            os.write(sys.stdout.fileno(), line)
            os._exit(0)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) or 1)
    os.setsid()
    os.close(reading)
    os.dup2(writing, sys.stdout.fileno())
    os.close(writing)
