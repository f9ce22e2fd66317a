"""What the return code of a job means."""

import signal

from torc_client.defaults import OOM_EXIT_CODE, TIMEOUT_EXIT_CODE

_BY_SHELL = {
    126: "the command is not executable",
    127: "the command was not found",
}
COULD_NOT_RUN = frozenset(_BY_SHELL)
"""The return codes of a shell that could not run a command; its stderr says which."""
_SIGNALED = 128
ORPHANED = -128
"""The return code of a job whose runner or node died while it ran."""

AT_TIME_LIMIT = "it was stopped at its time limit"
OUT_OF_MEMORY = "its memory ran out"
_NOTES = {
    signal.SIGKILL: "often because memory ran out",
    signal.SIGSEGV: "it accessed invalid memory",
    signal.SIGBUS: "a memory-mapped file became inaccessible",
    signal.SIGABRT: "it aborted itself",
    signal.SIGILL: "it was built for another CPU type",
    signal.SIGFPE: "an arithmetic operation was invalid",
    signal.SIGXCPU: "its CPU time was used up",
    signal.SIGTERM: "it was asked to stop",
    signal.SIGINT: "it was interrupted",
}


def meaning(return_code: int, *, out_of_memory: int = OOM_EXIT_CODE, out_of_time: int = TIMEOUT_EXIT_CODE) -> str:
    """Return what a return code means, as part of a sentence; empty if only the program knows.

    `out_of_memory` and `out_of_time` are the codes that the workflow chose for jobs that its runners stopped.
    """
    if return_code == 0:
        return "success"
    if return_code == ORPHANED:
        return "its runner or its node died while it ran"
    if return_code == out_of_time:
        return AT_TIME_LIMIT
    number = -return_code if return_code < 0 else return_code - _SIGNALED
    try:
        killed_by = signal.Signals(number)
    except ValueError:
        killed_by = None
    if killed_by is not None:
        text = f"ended by {killed_by.name}"
        note = (
            "its memory ran out, or another process ended it" if return_code == out_of_memory else _NOTES.get(killed_by)
        )
        return f"{text}: {note}" if note else text
    if return_code == out_of_memory:
        return OUT_OF_MEMORY
    return _BY_SHELL.get(return_code, "")
