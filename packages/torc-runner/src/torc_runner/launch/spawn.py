"""Start a job in a session of its own, wait for its end by a pidfd, and signal its process group.

posix_spawn starts a child without copying this process. A pidfd lets the event loop wait for its end, without a thread
or a SIGCHLD handler, and cannot refer to another process, as a reused process id can.
"""

import contextlib
import errno
import fcntl
import functools
import os
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from resource import struct_rusage

from torc_runner.launch.commands import too_long
from torc_runner.launch.descriptors import restore_limit
from torc_runner.launch.exits import Exits
from torc_runner.launch.killing import Targets, freeze_and_kill
from torc_runner.launch.launches import Launches
from torc_runner.launch.marks import marked
from torc_runner.launch.stdio import open_stdio
from torc_runner.stdio_files import StdioFiles

# Python changes these for itself; a job gets the defaults, as from a shell.
_SIGNALS_TO_DEFAULT = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


JOB_STDOUT, JOB_STDERR = 3, 4
"""The descriptors of the output files, in a program whose own output goes elsewhere."""

_VICTIMS_LEAD = 500
_NUM_RUSAGE_FIELDS = 16


# The machine lacks descriptors, processes or memory, and the command is not the cause.
_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM})


class LaunchError(Exception):
    """A command could not be started; the text is the reason.

    `is_shortage` is whether the machine lacked descriptors, processes or memory, so that it may start later.
    """

    def __init__(self, reason: str, *, is_shortage: bool = False) -> None:
        super().__init__(reason)
        self.is_shortage = is_shortage


_awaited: set[int] = set()


def exit_code_of(status: int) -> int:
    """Return the exit code as a shell reports it: 128 and the number of the signal for a program that a signal ended.

    bash replaces itself by the last command of a text, so that the command is the first process of some jobs and not
    of others. The code is the same for both, and rules of failure handlers need one code only.
    """
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def is_awaited(pid: int) -> bool:
    """Whether this is a child that `spawn` started and that is not reaped yet."""
    return pid in _awaited


class Child:
    """A running job: the leader of its own session and process group."""

    def __init__(
        self,
        pid: int,
        pidfd: int,
        exits: Exits,
        on_exit: Callable[[int], None],
        *,
        launches: Launches | None = None,
        number: int = 0,
    ) -> None:
        self.pid = pid
        self.number = number
        """The number of its launch; 0 without a mark."""
        self._launches = launches
        self._pidfd = pidfd
        self._on_exit = on_exit
        self._exits = exits
        # A module must not hold one: Python 3.11 clears its type first at the exit, and prints a SystemError.
        self.rusage = struct_rusage((0,) * _NUM_RUSAGE_FIELDS)
        """Resource usage, as `wait4` returns it. Zero until the end of the process."""
        _awaited.add(pid)
        exits.watch(pidfd, self._ended)

    def signal_group(self, number: int) -> None:
        """Signal the process group of the job. Does nothing after its end."""
        if self._pidfd >= 0:  # not reaped, so the group id is not reused
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def signal_program(self, number: int) -> None:
        """Signal the first process alone. Does nothing after its end."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._pidfd, number)

    def await_end(self, until: float) -> None:
        """Block until the first process has ended, or until this time of the monotonic clock."""
        if self._pidfd >= 0:
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            poll.poll(max(0.0, 1000 * (until - time.monotonic())))

    def kill_and_reap(self) -> None:
        """Kill the command and its descendants without calling `on_exit`."""
        if self._pidfd >= 0:
            marker = b"" if self._launches is None else self._launches.marker
            freeze_and_kill(Targets(marker, frozenset({self.pid}), frozenset({self.number} - {0})))
            self.reap_killed()

    def reap_killed(self) -> None:
        """Wait for the end of a job that was killed, without calling `on_exit`."""
        if self._pidfd >= 0:
            self._exits.forget(self._pidfd)
            self._reap()

    def _ended(self) -> None:
        # Remaining processes of the group would use resources of the next job. The leader is not reaped yet, so
        # the group id is not reused.
        self.signal_group(signal.SIGSTOP)
        self.signal_group(signal.SIGKILL)
        self._on_exit(self._reap())

    def _reap(self) -> int:
        _, status, self.rusage = os.wait4(self.pid, 0)
        _awaited.discard(self.pid)
        if self._launches is not None:
            self._launches.running.discard(self.number)
        os.close(self._pidfd)
        self._pidfd = -1
        return exit_code_of(status)


def spawn(
    arguments: list[str],
    environment: Mapping[str, str],
    files: StdioFiles,
    exits: Exits,
    on_exit: Callable[[int], None],
    *,
    cpu_ids: Sequence[int] = (),
    launches: Launches | None = None,
    open_files: Callable[[StdioFiles], tuple[int, int]] = open_stdio,
    words: int | None = None,
) -> Child:
    """Start a command in a new session, stdin from /dev/null, stdout and stderr to `files`, bound to CPUs if any.

    `open_files` returns descriptors for both, which are closed here. `exits` watches the process; `on_exit` is called
    in the event loop with the exit code, as from `exit_code_of`. Descendants get the mark of a new launch, if
    there are `launches`. With the descriptor `words`, the output of the command goes there, and it gets the files as
    JOB_STDOUT and JOB_STDERR. Raises LaunchError.
    """
    program = _program(arguments[0], environment.get("PATH", os.defpath))
    if program is None:
        raise LaunchError(_not_found(arguments[0], environment.get("PATH")))
    try:
        os.getcwd()  # noqa: PTH109  a Path for each job costs more than the call
    except OSError as error:
        raise LaunchError(
            f"the runner's working directory was deleted ({error.strerror}): start the runner in another folder"
        ) from None
    number = 0 if launches is None else launches.begin()
    try:
        with _bound_to(cpu_ids) if cpu_ids else contextlib.nullcontext():
            output = open_files(files)
            with contextlib.nullcontext() if launches is None else marked(launches.mark_of(number)):
                pid = _spawn(program, arguments, environment, output, words)
        pidfd = _pidfd_of(pid)
    except (OSError, ValueError, LaunchError) as error:
        if launches is not None:
            launches.running.discard(number)
        raise _explained(error, arguments, environment) from None
    if words is None:  # else the command only stands for the job
        _prefer_as_victim(pid)
    return Child(pid, pidfd, exits, on_exit, launches=launches, number=number)


@contextlib.contextmanager
def _bound_to(cpu_ids: Sequence[int]) -> Iterator[None]:
    """Bind this thread: a child inherits the CPUs of the thread that starts it. Raises OSError."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpu_ids)
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def _prefer_as_victim(pid: int) -> None:
    """Make the kernel kill this child and its descendants before the runner when memory runs out.

    The score is written by the runner: posix_spawn cannot set it, and a shell would take much longer.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(f"/proc/{pid}/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, _victims_score())
        finally:
            os.close(descriptor)


@functools.cache
def _victims_score() -> bytes:
    """Return a score well above that of the runner; scores range from -1000 to 1000."""
    with open("/proc/self/oom_score_adj", "rb") as file:  # noqa: PTH123  like its neighbours
        return b"%d" % min(1000, int(file.read()) + _VICTIMS_LEAD)


@functools.lru_cache(maxsize=16)
def _program(name: str, path: str) -> str | None:
    """Find a program on the PATH; cached, since jobs share it."""
    return shutil.which(name, path=path)


def _not_found(program: str, path: str | None) -> str:
    if path is None or path == os.environ.get("PATH"):
        return f"{program} is not on the PATH: install it or correct PATH"
    return (
        f"{program} is not on the PATH {path!r} that env in the spec sets: values of env are not expanded, so"
        " extend PATH in the command or its invocation_script"
    )


def _pidfd_of(pid: int) -> int:
    try:
        return os.pidfd_open(pid)
    except OSError as error:
        freeze_and_kill(Targets(leaders=frozenset({pid})))
        os.waitpid(pid, 0)
        reason = f"the job's end could not be watched: {error.strerror}"
        raise LaunchError(reason, is_shortage=error.errno in _SHORTAGES) from None


def _spawn(
    program: str,
    arguments: list[str],
    environment: Mapping[str, str],
    output: tuple[int, int],
    words: int | None,
) -> int:
    stdout, stderr = output
    try:
        if words is None:
            duplicates = [(stdout, 1), (stderr, 2)]
        else:
            stdout, stderr = _above(stdout), _above(stderr)
            duplicates = [(words, 1), (words, 2), (stdout, JOB_STDOUT), (stderr, JOB_STDERR)]
        pid = os.posix_spawn(
            program,
            arguments,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                *((os.POSIX_SPAWN_DUP2, old, new) for old, new in duplicates),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=_SIGNALS_TO_DEFAULT,
        )
        restore_limit(pid)
        return pid
    finally:
        os.close(stdout)
        os.close(stderr)


def _above(descriptor: int) -> int:
    """Return the descriptor, or in its place a higher one than those that the child gets."""
    if descriptor > JOB_STDERR:
        return descriptor
    higher = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, JOB_STDERR + 1)
    os.close(descriptor)
    return higher


def _explained(
    error: OSError | ValueError | LaunchError, arguments: Sequence[str], environment: Mapping[str, str]
) -> LaunchError:
    if isinstance(error, LaunchError):
        return error
    if isinstance(error, OSError):
        reason = too_long(arguments, environment) if error.errno == errno.E2BIG else _explain(error)
        return LaunchError(reason, is_shortage=error.errno in _SHORTAGES)
    return LaunchError(f"command, name or environment cannot be passed on: {error}")


def _explain(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror}"
