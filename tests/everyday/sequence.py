"""Perform a plan step by step, settle, and collect the evidence."""

import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from everyday.evidence import COMPLETE, Evidence, Happening, Snapshot, events_of, snapshot, workflow_numbers
from everyday.programs import Programs
from everyday.shell_script import quoted
from everyday.steps import Do, Plan, Step
from everyday.terminal import RUN_SECONDS, Stuck, Terminal

SETTLED = "settle: run"
MENDED = "settle: run after the mended jobs were reset"
ABOUT_A_JOB = frozenset({Do.RESET_JOB, Do.JOB_UPDATE, Do.JOB_DELETE})
ASKING = frozenset({Do.INIT, Do.RESET_JOB, Do.RESET_FAILED, Do.RESET_ALL, Do.RECOVER})


class Sequence:
    """One performance of a plan."""

    def __init__(self, plan: Plan, programs: Programs, root: Path) -> None:
        self.plan = plan
        self.terminal = Terminal(programs, root, plan)
        self.happenings: list[Happening] = []
        self.troubles: list[str] = []
        self.parents: dict[tuple[int, str], frozenset[str]] = {}
        self.workflow = 0
        self._number = 0
        self._edition = 0
        self._new_files = 0
        runner_signals = {
            Do.INTERRUPT: signal.SIGINT,
            Do.TERMINATE: signal.SIGTERM,
            Do.KILL: signal.SIGKILL,
            Do.STOP: signal.SIGSTOP,
            Do.CONTINUE: signal.SIGCONT,
        }
        self._performers: dict[Do, Callable[[Step], None]] = {
            **{do: self._signal(each) for do, each in runner_signals.items()},
            Do.CREATE: self._create,
            Do.EDIT: self._create,
            Do.RUN: self._run,
            Do.START: self._start,
            Do.FINISH: lambda step: self.terminal.finish(step.runner),
            Do.SERVER_KILL: lambda _: self._away(signal.SIGKILL),
            Do.SERVER_STOP: lambda _: self._away(signal.SIGSTOP),
            Do.SERVER_START: lambda _: self._back(),
            Do.SWITCH: self._switch,
            Do.TOUCH: self._touch,
            Do.AWAIT: lambda step: self.terminal.await_begin(step.job),
            Do.AWAIT_END: self._await_end,
            Do.PAUSE: self._pause,
        }

    # Steps

    def perform(self) -> None:
        """Perform all steps."""
        self.terminal.serve()
        for number, step in enumerate(self.plan.steps, 1):
            self._number = number
            begin = time.time()
            performer = self._performers.get(step.do)
            try:
                if performer is not None:
                    performer(step)
                    self.happenings.append(Happening(number, str(step), begin, time.time(), workflow=self.workflow))
                elif self.workflow:
                    self._on_jobs(step)
            except Stuck as stuck:
                self.troubles.append(f"step {number}: {stuck}")

    def _signal(self, which: signal.Signals) -> Callable[[Step], None]:
        def send(step: Step) -> None:
            self.terminal.signal_runner(step.runner, which)

        return send

    def _away(self, which: signal.Signals) -> None:
        self.terminal.script.add(f"kill -{which.name.removeprefix('SIG')} $server")
        self.terminal.server_away(which)

    def _back(self) -> None:
        if not self.terminal.is_served:
            self.terminal.script.add("kill -CONT $server 2>/dev/null || serve")
            self.terminal.serve()

    def _pause(self, step: Step) -> None:
        self.terminal.script.add(f"sleep {step.seconds}")
        time.sleep(step.seconds)

    def _await_end(self, _: Step) -> None:
        """Wait until no job is to run, for some time, and not longer than runners live."""
        self.terminal.script.add(f"torc watch {self.workflow}")
        deadline = time.monotonic() + 5
        while self.terminal.living() and time.monotonic() < deadline:
            known = self.now(self.workflow)
            if known is None or set(known.statuses().values()) <= COMPLETE:
                return
            time.sleep(0.03)

    def _switch(self, step: Step) -> None:
        path = self.terminal.directory / "fail" / step.job
        self.terminal.script.add(f"rm fail/{step.job}" if path.exists() else f"touch fail/{step.job}")
        path.unlink() if path.exists() else path.touch()

    def _touch(self, _: Step) -> None:
        self.terminal.script.add("sleep 0.01; date +%N > input.txt")
        self.terminal.file("input.txt", f"{time.time()}\n")

    def _create(self, step: Step) -> None:
        self._edition += 1
        self.terminal.file("spec.yaml", self.plan.spec(self._edition))
        self.terminal.script.add(f"cat > spec.yaml <<'END'\n{self.plan.spec(self._edition)}END")
        if self.terminal.is_served and self._command(("torc", "create", "spec.yaml"), step).code == 0:
            self.workflow = max(workflow_numbers(self.terminal.url))
            for job in self.plan.jobs:
                parents = frozenset() if job.runs_after_failure else frozenset(job.parents)
                self.parents[self.workflow, job.name] = parents

    def _run(self, step: Step) -> None:
        if self.workflow:
            self._command(self._runner_words("torc run", step.flags), step, seconds=RUN_SECONDS)

    def _start(self, step: Step) -> None:
        if self.workflow and step.runner not in self.terminal.living() and self.terminal.is_served:
            program, *flags = step.flags
            self.terminal.start_runner(step.runner, self._runner_words(program, tuple(flags)), self.workflow, step.user)

    def _runner_words(self, program: str, flags: tuple[str, ...]) -> tuple[str, ...]:
        lease = ("--lease-seconds", str(self.plan.lease_seconds)) if self.plan.lease_seconds else ()
        return (*program.split(), str(self.workflow), "--num-cpus", "3", "--memory-gb", "4", *lease, *flags)

    # Commands

    def now(self, workflow: int) -> Snapshot | None:
        """The records of a workflow, or None while the server is away or the workflow is gone."""
        if not self.terminal.is_served or not workflow:
            return None
        with suppress(OSError, ValueError):
            return snapshot(self.terminal.url, workflow)
        return None

    def _command(self, words: tuple[str, ...], step: Step, seconds: float = 30.0, what: str = "") -> Happening:
        terminal, begin = self.terminal, time.time()
        alone, before = not terminal.living(), self.now(self.workflow)
        begin = time.time()
        code, output = terminal.run(words, user=step.user, seconds=seconds)
        end = time.time()
        happening = Happening(
            self._number, what or str(step), begin, end, words, code, output, self.workflow, before,
            self.now(self.workflow), alone,
        )  # fmt: skip
        self.happenings.append(happening)
        return happening

    def _on_jobs(self, step: Step) -> None:
        """A command about the workflow or one of its jobs. It is skipped if there is no such job."""
        jobs = {} if (known := self.now(self.workflow)) is None else known.jobs
        if known is None and self.terminal.is_served:
            return
        if step.do is Do.JOB_CREATE:
            self._create_job(step, jobs)
            return
        if step.do in ABOUT_A_JOB and step.job not in jobs:
            return
        of_job = step.do in ABOUT_A_JOB
        number = jobs[step.job]["id"] if of_job else self.workflow
        flags = step.flags
        if "--command" in flags:
            flags = (*flags[:-1], f"./job {flags[-1]} {step.job}")
        ask = ("--no-prompts",) if step.do in ASKING else ()
        program, *options = ("torc", *step.do.value.split())
        words = [word for word in options if not word.startswith("--")]
        happening = self._command(
            (program, *words, str(number), *[word for word in options if word not in words], *ask, *flags), step
        )
        if step.do is Do.JOB_DELETE and happening.code == 0:
            for key, parents in self.parents.items():
                if key[0] == self.workflow:
                    self.parents[key] = parents - {step.job}

    def _create_job(self, step: Step, jobs: dict[str, dict[str, int]]) -> None:
        if step.job in jobs:
            return
        parents = [parent for parent in step.parents if parent in jobs]
        ids = ("--blocking-job-ids", ",".join(str(jobs[parent]["id"]) for parent in parents)) if parents else ()
        self.terminal.file(f"seconds/{step.job}", f"{step.seconds}\n")
        self.terminal.script.add(f"echo {step.seconds} > seconds/{step.job}")
        words = ("torc", "jobs", "create", str(self.workflow), "-n", step.job, "-c", f"./job {step.job}", *ids)
        if self._command((*words, *step.flags), step).code == 0:
            self.parents[self.workflow, step.job] = frozenset(parents)

    # The end

    def settle(self) -> None:
        """Let everything end as a user would, then run each workflow to its end, and again with all jobs mended."""
        terminal = self.terminal
        terminal.script.add("# settle")
        self._back()
        for number in terminal.living():
            try:
                if terminal.is_stopped(number):
                    terminal.signal_runner(number, signal.SIGCONT)
                if self._is_persistent(number):
                    terminal.signal_runner(number, signal.SIGINT)
                terminal.finish(number)
            except Stuck as stuck:
                self.troubles.append(f"settling: {stuck}")
        last = self.workflow
        for workflow in workflow_numbers(terminal.url):
            self.workflow = workflow
            self._final_run(SETTLED)
        if last:
            self.workflow = last
            for path in (terminal.directory / "fail").iterdir():
                path.unlink()
            terminal.script.add("rm -f fail/*")
            try:
                words = ("torc", "workflows", "reset-status", str(last), "--no-prompts")
                self._command(words, Step(Do.RESET_ALL), what="settle: reset")
            except Stuck as stuck:
                self.troubles.append(f"settling: {stuck}")
            self._final_run(MENDED)

    def _is_persistent(self, number: int) -> bool:
        return any(
            step.do is Do.START and step.runner == number and "--persistent" in step.flags for step in self.plan.steps
        )

    def _final_run(self, what: str) -> None:
        try:
            words = self._runner_words("torc run", ())
            self._command(words, Step(Do.RUN), seconds=RUN_SECONDS, what=what)
        except Stuck as stuck:
            self.troubles.append(f"{what}: {stuck}")

    def evidence(self) -> Evidence:
        """Collect the evidence. Ends the server."""
        terminal = self.terminal
        workflows = workflow_numbers(terminal.url)
        final = {workflow: snapshot(terminal.url, workflow) for workflow in workflows}
        events = [event for workflow in workflows for event in events_of(terminal.url, workflow)]
        deadline = time.monotonic() + 2
        # The watchdog of a runner ends a moment after it.
        while terminal.left() and time.monotonic() < deadline:
            time.sleep(0.02)
        left = [f"{pid} {_words(pid)}" for pid in terminal.left()]
        code, checked = terminal.run(("torc-server", "db", "check", "-d", "torc.db"), user="ada")
        terminal.server_away(signal.SIGTERM)
        log = terminal.directory / "server.log"
        return Evidence(
            self.plan, terminal.lines(), self.happenings, terminal.lives, final, self.parents, events,
            terminal.outages, "" if code == 0 else f"{code}: {checked}", log.read_text(), left, self.troubles,
        )  # fmt: skip


def _words(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def perform(plan: Plan, programs: Programs, root: Path) -> tuple[Evidence, str]:
    """Perform a plan in a new directory. Returns the evidence, and the shell script."""
    shutil.rmtree(root / f"seed_{plan.seed}", ignore_errors=True)
    sequence = Sequence(plan, programs, root)
    try:
        sequence.perform()
        sequence.settle()
        return sequence.evidence(), sequence.terminal.script.text()
    finally:
        sequence.terminal.close()


def described(happening: Happening) -> str:
    """A step and its command in one line."""
    return f"step {happening.number} ({quoted(happening.words) or happening.what})"
