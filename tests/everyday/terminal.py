"""The working directory of a sequence: its files, its server, its commands and its runners."""

import os
import select
import signal
import time
from contextlib import suppress
from pathlib import Path

from everyday import warm
from everyday.evidence import Line, RunnerLife, lines_of
from everyday.programs import Process, Programs
from everyday.shell_script import ShellScript, quoted
from everyday.steps import JOB, Plan

COMMAND_SECONDS = 30.0
RUN_SECONDS = 40.0


class Stuck(Exception):  # noqa: N818 - named after what happened
    """A program did not end in time."""


class Terminal:
    """Starts programs in a directory and waits for them. Every program has the home of the root in its environment."""

    def __init__(self, programs: Programs, root: Path, plan: Plan) -> None:
        self.plan = plan
        self.programs = programs
        self.directory = root / f"seed_{plan.seed}"
        self.script = ShellScript(plan)
        self.url = ""
        self.outages: list[tuple[float, float]] = []
        self.runners: dict[int, tuple[RunnerLife, Process]] = {}
        self.lives: list[RunnerLife] = []
        self._server: Process | None = None
        self._server_is_stopped = False
        self._away_since: float | None = None
        self._port = 0
        self._environment = {
            "HOME": str(root),
            "PATH": f"{programs.directory}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
        }
        self._prepare()
        self._pipe = os.open(self.directory / "wake", os.O_RDWR | os.O_NONBLOCK)

    def _prepare(self) -> None:
        for name in ("locks", "seconds", "fail"):
            (self.directory / name).mkdir(parents=True)
        os.mkfifo(self.directory / "wake")
        job = self.file("job", JOB.replace("lines; }", "lines; echo >&8; }\nexec 8<>wake"))
        job.chmod(0o755)
        self.file("input.txt", "0\n")
        self.file("lines", "")
        for shape in self.plan.jobs:
            self.file(f"seconds/{shape.name}", f"{shape.seconds}\n")
            if shape.fails:
                self.file(f"fail/{shape.name}", "")

    def file(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.directory / name
        path.write_text(text)
        return path

    def start(self, words: tuple[str, ...], output: str, *, user: str = "ada", **variables: str) -> Process:
        """Start a program; its output is appended to a file."""
        environment = self._environment | {"USER": user, "TORC_API_URL": self.url} | variables
        return self.programs.start(words, self.directory, environment, self.directory / output, cold=self.plan.cold)

    # The server

    def serve(self) -> None:
        """Start the server, or continue it."""
        if self._server is not None and self._server_is_stopped:
            os.kill(self._server.pid, signal.SIGCONT)
            self._server_is_stopped = False
        elif self._server is None:
            path = self.directory / "server.out"
            path.write_text("")
            words = ("torc-server", "run", "--host", "127.0.0.1", "--port", str(self._port), "--database", "torc.db")
            self._server = self.start(words, "server.out")
            deadline = time.monotonic() + COMMAND_SECONDS
            while "TORC_SERVER_PORT=" not in path.read_text():
                if self._server.wait(0.01) is not None or time.monotonic() > deadline:
                    raise Stuck(f"the server does not listen: {path.read_text()[-1000:]}")
            self._port = int(path.read_text().partition("TORC_SERVER_PORT=")[2].split()[0])
            self.url = f"http://127.0.0.1:{self._port}/torc-service/v1"
        if self._away_since is not None:
            self.outages.append((self._away_since, time.time()))
            self._away_since = None

    @property
    def is_served(self) -> bool:
        """Whether the server runs."""
        return self._server is not None and not self._server_is_stopped

    def server_away(self, with_signal: signal.Signals) -> None:
        """Kill the server, end it or stop it."""
        if not self.is_served or self._server is None:
            return
        self._away_since = time.time()
        os.kill(self._server.pid, with_signal)
        if with_signal == signal.SIGSTOP:
            self._server_is_stopped = True
            return
        with (self.directory / "server.log").open("a") as log:
            if self._server.wait(COMMAND_SECONDS) is None:
                raise Stuck("the server does not end")
            log.write((self.directory / "server.out").read_text())
        self._server = None

    # Commands

    def run(self, words: tuple[str, ...], *, user: str, seconds: float = COMMAND_SECONDS) -> tuple[int, str]:
        """Run a program to its end. Returns its exit code and output. Raises Stuck."""
        output = self.directory / "command.out"
        output.write_text("")
        self.script.command(words, user)
        process = self.start(words, "command.out", user=user)
        code = process.wait(seconds)
        if code is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(seconds)
            raise Stuck(f"`{quoted(words)}` did not end within {seconds:.0f} s: {output.read_text()[-600:]}")
        return code, output.read_text()

    # Runners

    def start_runner(self, number: int, words: tuple[str, ...], workflow: int, user: str) -> None:
        """Start a runner in another terminal."""
        self.script.add(f"USER={user} {quoted(words)} > runner{number}.out 2>&1 & r{number}=$!")
        process = self.start(words, f"runner{number}.out", user=user, EVERYDAY_RUNNER=str(number))
        life = RunnerLife(number, time.time(), workflow)
        self.lives.append(life)
        self.runners[number] = (life, process)

    def signal_runner(self, number: int, with_signal: signal.Signals) -> None:
        """Send a signal to a runner, if it lives."""
        if number not in self.runners:
            return
        life, process = self.runners[number]
        self.script.add(f"kill -{with_signal.name.removeprefix('SIG')} $r{number}")
        now = time.time()
        match with_signal:
            case signal.SIGKILL:
                life.killed = now
            case signal.SIGSTOP:
                life.stops.append((now, now + 1e9))
            case signal.SIGCONT:
                life.stops = [(begin, min(end, now)) for begin, end in life.stops]
            case _:
                life.interrupted = life.interrupted or now
        with suppress(ProcessLookupError):
            os.kill(process.pid, with_signal)

    def is_stopped(self, number: int) -> bool:
        """Whether the runner was stopped and not continued."""
        return number in self.runners and any(end > time.time() for _, end in self.runners[number][0].stops)

    def finish(self, number: int, seconds: float = RUN_SECONDS) -> None:
        """Wait for the end of a runner. Raises Stuck."""
        if number not in self.runners:
            return
        self.script.add(f'wait $r{number}; echo "runner exit code $?"; cat runner{number}.out')
        life, process = self.runners[number]
        code = process.wait(seconds)
        life.output = (self.directory / f"runner{number}.out").read_text()
        if code is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(seconds)
            del self.runners[number]
            raise Stuck(f"runner {number} did not end within {seconds:.0f} s: {life.output[-800:]}")
        self._buried(number, code)

    def _buried(self, number: int, code: int) -> None:
        life, _ = self.runners.pop(number)
        life.code, life.ended = code, time.time()
        path = self.directory / f"runner{number}.out"
        life.output = path.read_text()

    def living(self) -> list[int]:
        """The runners that have not ended."""
        for number, (_, process) in list(self.runners.items()):
            if (code := process.wait(0)) is not None:
                self._buried(number, code)
        return list(self.runners)

    # Jobs

    def lines(self) -> list[Line]:
        """The lines of the jobs."""
        return lines_of(self.directory / "lines")

    def await_begin(self, job: str, seconds: float = 1.5) -> None:
        """Wait until a job begins (`job` is empty for any), for some time, and not longer than runners live."""

        def count() -> int:
            return sum(line.kind == "begin" and job in {"", line.job} for line in self.lines())

        before, deadline = count(), time.monotonic() + seconds
        pattern = f".* {job} " if job else ""
        self.script.add(f'begun "{pattern}" {before}')
        while count() == before and time.monotonic() < deadline and self.living():
            if select.select([self._pipe], [], [], 0.05)[0]:
                os.read(self._pipe, 65536)

    def left(self) -> list[int]:
        """Running processes of this terminal other than its server."""
        home = f"HOME={self._environment['HOME']}".encode()
        own = {self.programs.own_pid, self._server.pid if self._server else 0, os.getpid()}
        found = []
        for directory in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if home not in (directory / "environ").read_bytes().split(b"\0"):
                    continue
                state = (directory / "stat").read_text().rpartition(")")[2].split()[0]
                waits = (directory / "comm").read_text().strip() == warm.WAITS
                if state not in {"Z", "X"} and int(directory.name) not in own and not waits:
                    found.append(int(directory.name))
        return found

    def close(self) -> None:
        """Kill all that is left."""
        for _, process in self.runners.values():
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
                process.wait(5)
        if self._server is not None:
            with suppress(ProcessLookupError):
                os.kill(self._server.pid, signal.SIGKILL)
            self._server.wait(5)
            self._server = None
        for pid in self.left():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os.close(self._pipe)
