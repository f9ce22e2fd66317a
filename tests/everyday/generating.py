"""Make a plan from a seed: a small workflow, and steps that make sense in the order in which they come."""

import random
from dataclasses import replace

from everyday.steps import Do, JobShape, Plan, Step

NAMES = "abcdef"
SECONDS = (0.02, 0.05, 0.2, 0.5)
# One job of some workflows works for so long that a second runner can start meanwhile.
LONG_SECONDS = 1.5
WITHOUT_RUNNER = {
    Do.RUN: 8, Do.START: 14, Do.RESET_JOB: 8, Do.RESET_FAILED: 4, Do.RESET_ALL: 2, Do.REINIT: 5, Do.RECOVER: 4,
    Do.CANCEL: 3, Do.INIT: 3, Do.JOB_CREATE: 6, Do.JOB_UPDATE: 3, Do.JOB_DELETE: 3, Do.SWITCH: 6, Do.TOUCH: 4,
    Do.EDIT: 2, Do.SERVER_KILL: 1,
}  # fmt: skip
WITH_RUNNER = {
    Do.AWAIT: 10, Do.PAUSE: 4, Do.INTERRUPT: 7, Do.TERMINATE: 2, Do.KILL: 4, Do.STOP: 2, Do.START: 8, Do.FINISH: 6,
    Do.SERVER_KILL: 3, Do.SERVER_STOP: 1, Do.RESET_JOB: 6, Do.RESET_FAILED: 2, Do.RESET_ALL: 1, Do.REINIT: 3,
    Do.RECOVER: 2, Do.CANCEL: 3, Do.INIT: 2, Do.JOB_CREATE: 6, Do.JOB_UPDATE: 3, Do.JOB_DELETE: 3, Do.SWITCH: 2,
    Do.TOUCH: 1, Do.EDIT: 1, Do.RUN: 2,
}  # fmt: skip
RUNNERS = ("torc run", "torc run", "torc-runner", "torc run --persistent", "torc run -j 1")
COMMANDS_WITH_FORCE = frozenset({Do.RESET_JOB, Do.RESET_ALL, Do.RESET_FAILED, Do.REINIT, Do.INIT})
ABOUT_A_JOB = frozenset({Do.RESET_JOB, Do.JOB_UPDATE, Do.JOB_DELETE, Do.SWITCH, Do.JOB_CREATE, Do.AWAIT})
TO_A_RUNNER = frozenset({Do.INTERRUPT, Do.TERMINATE, Do.KILL, Do.FINISH, Do.STOP})
MOST_RUNNERS = 3
STEPS = (3, 9)


# The part of the sequences with a habit: steps that users often do one after the other.
HABITUAL = 0.5
HABITS: tuple[tuple[Step, ...], ...] = (
    # A job is reset, and a second runner helps.
    (
        Step(Do.START, runner=1, flags=("torc run",)),
        Step(Do.AWAIT, job="!"),
        Step(Do.RESET_JOB, job="?"),
        Step(Do.START, runner=2, flags=("torc-runner",)),
        Step(Do.AWAIT),
    ),
    # A job is added while another one works, and a second runner helps.
    (
        Step(Do.START, runner=1, flags=("torc run",)),
        Step(Do.AWAIT, job="!"),
        Step(Do.JOB_CREATE, job="extra", seconds=0.05),
        Step(Do.START, runner=2, flags=("torc run",)),
    ),
    # A runner stays until the end, and the complete workflow is run again.
    (
        Step(Do.START, runner=1, flags=("torc-runner", "--persistent")),
        Step(Do.AWAIT_END),
        Step(Do.INIT),
        Step(Do.START, runner=2, flags=("torc run",)),
        Step(Do.AWAIT),
        Step(Do.AWAIT_END),
    ),
    # Several runners start at once.
    tuple(Step(Do.START, runner=number, flags=("torc run",)) for number in (1, 2, 3)),
    # What failed is mended and reset.
    (Step(Do.RUN), Step(Do.SWITCH, job="?"), Step(Do.RESET_JOB, job="?"), Step(Do.RUN)),
    # Something was stopped in the middle, and other things are reset.
    (
        Step(Do.START, runner=1, flags=("torc run",)),
        Step(Do.AWAIT, job="!"),
        Step(Do.INTERRUPT, runner=1),
        Step(Do.FINISH, runner=1),
        Step(Do.RESET_JOB, job="?", flags=("--reinit",)),
        Step(Do.RUN),
    ),
    (
        Step(Do.START, runner=1, flags=("torc run",)),
        Step(Do.AWAIT, job="!"),
        Step(Do.CANCEL),
        Step(Do.FINISH, runner=1),
        Step(Do.RESET_JOB, job="?", flags=("--reinit",)),
        Step(Do.RUN),
    ),
)


class Generator:
    """Chooses steps, and knows which runners live and whether the server is there."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - repeatable with the seed
        self._seed = seed
        self._jobs = self._shapes()
        self._names = [job.name for job in self._jobs]
        self._runners: list[int] = []
        self._stopped: list[int] = []
        self._steps = [Step(Do.CREATE)]

    def _shapes(self) -> tuple[JobShape, ...]:
        dice = self._dice
        names = NAMES[: dice.randint(2, 5)]
        fails = dice.random() < 0.6
        shapes = []
        for number, name in enumerate(names):
            earlier = list(names[:number])
            parents = tuple(sorted(dice.sample(earlier, min(len(earlier), dice.choice((0, 1, 1, 1, 2))))))
            shapes.append(
                JobShape(
                    name,
                    parents,
                    by_files=bool(parents) and dice.random() < 0.4,
                    seconds=dice.choice(SECONDS),
                    fails=fails and dice.random() < 0.35,
                    reads_input=not parents and dice.random() < 0.4,
                    runs_after_failure=bool(parents) and dice.random() < 0.07,
                )
            )
        if dice.random() < 0.4:
            number = dice.randrange(len(shapes))
            shapes[number] = replace(shapes[number], seconds=LONG_SECONDS)
        return tuple(shapes)

    def plan(self) -> Plan:
        """Return the plan of the seed."""
        number = self._dice.randint(*STEPS)
        habit = self._dice.randint(0, 4) if self._dice.random() < HABITUAL else -1
        while len(self._steps) <= number:
            if habit == 0:
                self._add_habit()
            else:
                self._add()
            habit -= 1
        stops = any(step.do in {Do.STOP, Do.SERVER_STOP} for step in self._steps)
        return Plan(self._seed, self._jobs, tuple(self._steps), 2 if stops else 0, self._seed % 10 == 0)

    def _add_habit(self) -> None:
        """Add steps that users often do one after the other. `?` is any job, `!` the job that works longest."""
        longest = max(self._jobs, key=lambda job: job.seconds).name
        first = max(self._runners, default=0)
        for step in self._dice.choice(HABITS):
            job = {"?": self._dice.choice(self._names), "!": longest}.get(step.job, step.job)
            runner = step.runner and step.runner + first
            if step.do is Do.START:
                self._runners.append(runner)
            self._steps.append(replace(step, job=job, runner=runner))

    def _add(self) -> None:
        dice = self._dice
        if self._stopped and dice.random() < 0.5:
            runner = self._stopped.pop()
            self._steps += [Step(Do.PAUSE, seconds=dice.choice((0.1, 0.1, 2.2))), Step(Do.CONTINUE, runner=runner)]
            return
        weights = WITH_RUNNER if self._runners else WITHOUT_RUNNER
        step = Step(
            dice.choices(list(weights), list(weights.values()))[0],
            job=dice.choice(self._names),
            user="bob" if dice.random() < 0.1 else "ada",
        )
        if step.do is Do.START:
            step = self._start(step)
        elif step.do in TO_A_RUNNER:
            step = self._to_a_runner(step)
        else:
            step = self._command(step)
        if step.runner <= MOST_RUNNERS:
            self._steps.append(step)
            self._follow(step.do, step.job, step.runner)

    def _start(self, step: Step) -> Step:
        runner = max(self._runners, default=0) + 1
        if runner <= MOST_RUNNERS:
            self._runners.append(runner)
        program, *flags = self._dice.choice(RUNNERS).split(" -", 1)
        return replace(
            step, job="", runner=runner, flags=(program, *[word for flag in flags for word in f"-{flag}".split()])
        )

    def _to_a_runner(self, step: Step) -> Step:
        runner = self._dice.choice(self._runners)
        if step.do is Do.FINISH and (self._persists(runner) or runner in self._stopped):
            step = replace(step, do=Do.INTERRUPT)
        if step.do is Do.STOP:
            self._stopped.append(runner)
        elif step.do is Do.FINISH or self._dice.random() < 0.8:
            self._runners.remove(runner)
            self._stopped = [each for each in self._stopped if each != runner]
        return replace(step, job="", runner=runner)

    def _command(self, step: Step) -> Step:
        """Choose the flags and the job of a command, or of another step that needs neither runner nor server."""
        dice = self._dice
        if step.do in {Do.RESET_JOB, Do.RESET_FAILED, Do.RESET_ALL} and dice.random() < 0.3:
            step = replace(step, flags=("--reinit" if step.do is Do.RESET_JOB else "--reinitialize",))
        elif step.do is Do.RECOVER and dice.random() < 0.7:
            step = replace(step, flags=("--retry-unknown",))
        elif step.do is Do.JOB_UPDATE:
            step = replace(step, flags=dice.choice((("--priority", "5"), ("--command", "-"))))
        elif step.do is Do.PAUSE:
            step = replace(step, seconds=dice.choice((0.05, 0.1, 0.3)))
        elif step.do is Do.JOB_CREATE:
            count = min(len(self._names), dice.choice((0, 1, 1, 2)))
            parents = tuple(sorted(dice.sample(self._names, count)))
            step = replace(step, job=f"n{len(self._names)}", parents=parents, seconds=dice.choice(SECONDS))
        if step.do in COMMANDS_WITH_FORCE and dice.random() < 0.06:
            step = replace(step, flags=(*step.flags, "--force"))
        if step.do not in ABOUT_A_JOB or (step.do is Do.AWAIT and dice.random() < 0.5):
            step = replace(step, job="")
        return step

    def _persists(self, runner: int) -> bool:
        return any(
            step.do is Do.START and step.runner == runner and "--persistent" in step.flags for step in self._steps
        )

    def _follow(self, do: Do, job: str, runner: int) -> None:
        dice = self._dice
        if do is Do.JOB_CREATE:
            self._names.append(job)
        elif do is Do.START and dice.random() < 0.75:
            self._steps.append(Step(Do.AWAIT, job=dice.choice(("", dice.choice(self._names)))))
        elif do in {Do.SERVER_KILL, Do.SERVER_STOP}:
            if self._runners and dice.random() < 0.3:
                runner = self._runners.pop(dice.randrange(len(self._runners)))
                self._stopped = [each for each in self._stopped if each != runner]
                self._steps.append(Step(dice.choice((Do.KILL, Do.INTERRUPT)), runner=runner))
            self._steps += [Step(Do.PAUSE, seconds=dice.choice((0.0, 0.2, 0.4))), Step(Do.SERVER_START)]
        elif do in {Do.KILL, Do.INTERRUPT, Do.TERMINATE} and runner not in self._runners and dice.random() < 0.7:
            self._steps.append(Step(Do.FINISH, runner=runner))


def plan_of(seed: int) -> Plan:
    """Return the plan of a seed."""
    return Generator(seed).plan()
