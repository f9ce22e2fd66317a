"""Run `torc-server` and count what it costs. Arguments: the path of a socket, then those of `torc-server`.

The counters are those of the process: the instructions of SQLite's virtual machine on all connections, the memory, and
the CPU time. A line on the socket returns them as JSON, and the line `begin` resets them before. With
`python -X tracemalloc`, the memory is what Python objects take at most, which is the same in each run; otherwise it is
the resident memory. This program imports no test, so that it runs with any revision of the server.
"""

import gc
import itertools
import json
import re
import socket
import sqlite3
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

# SQLite calls the handler of a connection after this number of instructions.
INSTRUCTIONS_BETWEEN_CALLS = 100

_calls = itertools.count()
_connect = sqlite3.connect
_classes: dict[type[sqlite3.Connection], type[sqlite3.Connection]] = {}


def _counted(base: type[sqlite3.Connection]) -> type[sqlite3.Connection]:
    """Return a class of connections that count, and call the handler that the server sets as often as it asked."""

    class CountedConnection(base):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            super().set_progress_handler(lambda: next(_calls) < 0, INSTRUCTIONS_BETWEEN_CALLS)

        def set_progress_handler(self, handler: Callable[[], Any] | None, n: int) -> None:
            turns = itertools.count(1)
            every = max(1, n // INSTRUCTIONS_BETWEEN_CALLS)

            def count() -> bool:
                next(_calls)
                return handler is not None and next(turns) % every == 0 and bool(handler())

            super().set_progress_handler(count, INSTRUCTIONS_BETWEEN_CALLS)

    return CountedConnection


def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
    """Open a connection that counts."""
    base = options.pop("factory", sqlite3.Connection)
    if base not in _classes:
        _classes[base] = _counted(base)
    return _connect(*arguments, factory=_classes[base], **options)


def resident(name: str) -> int:
    """Return the resident memory now (VmRSS) or the most of it (VmHWM) in bytes."""
    (kib,) = re.findall(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kib) * 1024


class Counters:
    """The counters since `begin`."""

    def begin(self) -> None:
        """Reset the counters."""
        gc.collect()
        gc.freeze()  # so that the next collection is short
        if tracemalloc.is_tracing():
            tracemalloc.reset_peak()
            self._memory = tracemalloc.get_traced_memory()[0]
        else:
            Path("/proc/self/clear_refs").write_text("5")
            self._memory = resident("VmRSS")
        self._calls, self._cpu_seconds = next(_calls), time.process_time()

    def end(self) -> dict[str, float]:
        """Return the instructions, the bytes and the seconds since `begin`."""
        cpu_seconds = time.process_time() - self._cpu_seconds
        most = tracemalloc.get_traced_memory()[1] if tracemalloc.is_tracing() else resident("VmHWM")
        return {
            "steps": (next(_calls) - self._calls - 1) * INSTRUCTIONS_BETWEEN_CALLS,
            "memory_bytes": max(0, most - self._memory),
            "cpu_seconds": cpu_seconds,
        }


def serve(listener: socket.socket) -> None:
    """Obey the lines of each caller."""
    counters = Counters()
    while True:
        caller, _ = listener.accept()
        with caller, caller.makefile("rw") as lines:
            for line in lines:
                if line == "begin\n":
                    counters.begin()
                lines.write(json.dumps(counters.end()) + "\n")
                lines.flush()


if __name__ == "__main__":
    sqlite3.connect = connect  # type: ignore[assignment]
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(sys.argv[1])
    listening.listen()
    threading.Thread(target=serve, args=[listening], daemon=True).start()
    from torc_server.cli import main

    sys.argv[:2] = ["torc-server"]
    sys.exit(main())
