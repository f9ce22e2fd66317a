"""Each promise as a function from the evidence to what breaks it. A finding has the name of its function."""

from collections import Counter
from collections.abc import Callable, Iterator

from everyday.evidence import COMPLETE, HELD, Evidence, Happening, Line, RunnerLife, Snapshot
from everyday.sequence import MENDED, SETTLED, described
from everyday.steps import Do

# The time in which a job's end may not have reached the journal yet when its runner is killed.
MOMENT = 1.0
RUN_AGAIN = (Do.RESET_JOB, Do.RESET_FAILED, Do.RESET_ALL, Do.REINIT, Do.RECOVER, Do.INIT)
FENCES = ("--force",)

Checker = Callable[[Evidence], Iterator[str]]


def attempt_of(line: Line) -> tuple[int, str, int, int]:
    """The attempt to which a line belongs."""
    return line.workflow, line.job, line.run, line.attempt


def shown(line: Line) -> str:
    """A line as text."""
    return f"{line.kind} of job {line.job!r} of workflow {line.workflow}, run {line.run}, attempt {line.attempt}"


def ran_twice_at_once(evidence: Evidence) -> Iterator[str]:
    """A job found its lock held by another attempt."""
    for line in evidence.lines:
        if line.kind == "double":
            yield shown(line)


def attempt_began_twice(evidence: Evidence) -> Iterator[str]:
    """An attempt was launched a second time."""
    begun = Counter(attempt_of(line) for line in evidence.lines if line.kind in {"begin", "double"})
    for (workflow, job, run, attempt), count in begun.items():
        if count > 1:
            yield f"attempt {attempt} of job {job!r} of workflow {workflow}, run {run}, began {count} times"


def began_after_an_unstored_end(evidence: Evidence, begin: Line) -> bool:
    """Whether a job ran on the runner of its only parent, and the end of the parent may not have been stored.

    The runner starts such a job without asking the server. It may be killed or stopped before it reports both, or a job
    may be reset in this moment. The parent ended well, but has no result then.
    """
    lives = [life for life in evidence.runners if life.number == begin.runner and life.began <= begin.time]
    parents = evidence.parents.get((begin.workflow, begin.job), frozenset())
    if len(parents) != 1 or not lives:
        return False
    ends = [line for line in evidence.lines if line.time <= begin.time and line.job in parents and line.kind == "end"]
    silenced = [time for time in (lives[-1].killed, *(stop for stop, _ in lives[-1].stops)) if time is not None]
    resets = [
        happening.begin
        for happening in evidence.happenings
        if happening.workflow == begin.workflow and happening.what.startswith(RUN_AGAIN)
    ]
    return (
        bool(ends)
        and ends[-1].runner == begin.runner
        and begin.time - ends[-1].time < MOMENT
        and (
            any(0 <= time - begin.time < MOMENT for time in silenced)
            or any(abs(time - begin.time) < MOMENT for time in resets)
        )
    )


def results_by_attempt(evidence: Evidence) -> dict[tuple[int, str, int, int], dict[str, object]]:
    """The results of the server by attempt. Results of deleted jobs are gone with them."""
    found = {}
    for workflow, snapshot in evidence.final.items():
        names = {job["id"]: name for name, job in snapshot.jobs.items()}
        for result in snapshot.results:
            name = names.get(result["job_id"], "?")
            found[workflow, name, result["run_id"], result["attempt_id"]] = result
    return found


def began_before_its_parents(evidence: Evidence) -> Iterator[str]:
    """A job began although a parent did not end well before, or ran again."""
    results = results_by_attempt(evidence)
    for begin in evidence.lines:
        if begin.kind != "begin" or began_after_an_unstored_end(evidence, begin):
            continue
        for parent in sorted(evidence.parents.get((begin.workflow, begin.job), ())):
            earlier = [
                line for line in evidence.lines
                if (line.workflow, line.job) == (begin.workflow, parent) and line.time < begin.time
            ]  # fmt: skip
            last = earlier[-1] if earlier else None
            if last is None:
                yield f"{shown(begin)}, although its parent {parent!r} had never begun"
            elif (last.kind, last.value) != ("end", 0):
                yield f"{shown(begin)}, although the last of its parent was: {shown(last)}, {last.value:g}"
            elif parent in evidence.final[begin.workflow].jobs and (
                results.get(attempt_of(last), {}).get("status") != "completed"
            ):
                yield f"{shown(begin)}, although its parent {parent!r} has no good result of attempt {last.attempt}"


def completed_after_a_parent_that_is_not(evidence: Evidence) -> Iterator[str]:
    """When all had ended, a job was completed and a parent was not."""
    for happening in evidence.happenings:
        if happening.what in {SETTLED, MENDED} and happening.after is not None:
            statuses = happening.after.statuses()
            for name, status in statuses.items():
                for parent in sorted(evidence.parents.get((happening.workflow, name), ())):
                    if status == "completed" and statuses.get(parent, "completed") != "completed":
                        yield f"job {name!r} is completed, its parent {parent!r} is {statuses[parent]}"


def untrue_result(evidence: Evidence) -> Iterator[str]:
    """A result says what no attempt did."""
    begun = {attempt_of(line) for line in evidence.lines if line.kind == "begin"}
    ends = {attempt_of(line): line for line in evidence.lines if line.kind == "end"}
    doubles = {attempt_of(line) for line in evidence.lines if line.kind == "double"}
    for attempt, result in results_by_attempt(evidence).items():
        code, status = int(str(result["return_code"])), result["status"]
        what = f"the result of {attempt} is {status} with return code {code}"
        was_killed = code < 0 or code >= 128
        if attempt[1] == "?" or attempt in doubles:
            continue
        if (status == "completed") != (code == 0):
            yield f"{what}"
        if attempt not in begun:
            if status in {"completed", "failed"}:
                yield f"{what}, but the attempt never began"
        elif attempt not in ends:
            if not was_killed and status != "canceled":
                yield f"{what}, but the attempt did not end by itself"
        elif ends[attempt].value != code and not was_killed:
            yield f"{what}, but the attempt ended with {ends[attempt].value:g}"


def lost_result(evidence: Evidence) -> Iterator[str]:
    """An attempt ended by itself, and the server has no result of it."""
    results = results_by_attempt(evidence)
    for line in evidence.lines:
        if line.kind != "end" or attempt_of(line) in results:
            continue
        known = evidence.final.get(line.workflow)
        if known is not None and line.job in known.jobs and not _excuse(evidence, line):
            yield f"{shown(line)} with exit code {line.value:g}: there is no result"


def _excuse(evidence: Evidence, line: Line) -> bool:
    """Whether the runner of an attempt could not report its end, or the attempt was taken from it by force."""
    lives = [life for life in evidence.runners if life.number == line.runner and life.began <= line.time]
    if lives and _was_silenced(evidence, lives[-1], line.time):
        return True
    begins = [each.time for each in evidence.lines if each.kind == "begin" and attempt_of(each) == attempt_of(line)]
    begin = min(begins, default=line.time)
    return any(
        happening.begin <= line.time + MOMENT and happening.end >= begin - MOMENT
        for happening in evidence.happenings
        if happening.workflow == line.workflow
        and (happening.what.startswith(Do.CANCEL) or set(FENCES) & set(happening.words))
    )


def _was_silenced(evidence: Evidence, life: RunnerLife, time: float) -> bool:
    if life.killed is not None and time > life.killed - MOMENT:
        return True
    lease = evidence.plan.lease_seconds or 300
    return any(begin - MOMENT < time < end + MOMENT and end - begin > lease / 2 for begin, end in life.stops)


def went_on_after_its_end(evidence: Evidence) -> Iterator[str]:
    """A job continued after the program that it waited for was killed."""
    begun: dict[tuple[object, ...], Line] = {}
    for line in evidence.lines:
        key = (*attempt_of(line), line.runner)
        if line.kind == "begin":
            begun[key] = line
        begin = begun.get(key) if line.kind == "end" else None
        if begin is not None and line.time - begin.time < begin.value:
            yield f"{shown(line)} {line.time - begin.time:.3f} s after its begin, although it sleeps {begin.value} s"


def ran_again_without_a_reason(evidence: Evidence) -> Iterator[str]:
    """A job ended well and ran again, although no command asked for it."""
    last: dict[tuple[int, str], Line] = {}
    results = results_by_attempt(evidence)
    for line in evidence.lines:
        key = line.workflow, line.job
        before = last.get(key)
        if line.kind == "begin" and before is not None:
            reasons = [
                happening for happening in evidence.happenings
                if happening.workflow == line.workflow and happening.end > before.time - MOMENT
                and happening.begin < line.time
                and (happening.what.startswith(RUN_AGAIN) or happening.what == "settle: reset")
            ]  # fmt: skip
            if not reasons:
                yield f"{shown(line)} after: {shown(before)}"
        if line.kind == "end" and line.value == 0 and attempt_of(line) in results:
            last[key] = line


def held_without_a_runner(evidence: Evidence) -> Iterator[str]:
    """A job is pending or running, and no runner lives."""
    for workflow, snapshot in evidence.final.items():
        for name, status in snapshot.statuses().items():
            if status in HELD:
                yield f"job {name!r} of workflow {workflow} is {status}"


def untrue_exit_code_of_the_last_run(evidence: Evidence) -> Iterator[str]:
    """The last `torc run` did not end the workflow, or its exit code is not what the jobs are."""
    for happening in evidence.happenings:
        after = happening.after
        if happening.what not in {SETTLED, MENDED} or after is None or not after.jobs:
            continue
        statuses = after.statuses()
        what = f"`torc run` exited with {happening.code}, and the jobs are {statuses}"
        if happening.code == 1 and "Input files" in happening.output and _lacks_a_producer(evidence, happening):
            continue
        if happening.what == MENDED:
            if happening.code != 0 or set(statuses.values()) != {"completed"}:
                yield f"after all jobs were mended and reset: {what}: {happening.output[-400:]}"
        elif after.is_canceled:
            if happening.code not in {3, 4}:
                yield f"the workflow is canceled: {what}"
        elif happening.code == 0:
            if set(statuses.values()) != {"completed"}:
                yield what
        elif happening.code != 3 or not set(statuses.values()) <= COMPLETE:
            yield f"{what}: {happening.output[-400:]}"


def _lacks_a_producer(evidence: Evidence, happening: Happening) -> bool:
    """Whether a job was deleted that made an input file of another one."""
    jobs = {} if happening.after is None else happening.after.jobs
    return any(parent not in jobs for job in evidence.plan.jobs if job.by_files for parent in job.parents)


def _resting(snapshot: Snapshot) -> dict[str, tuple[object, ...]]:
    """What only commands change: jobs that are complete."""
    return {
        name: (job["status"], job["attempt_id"]) for name, job in snapshot.jobs.items() if job["status"] in COMPLETE
    }


def _changes(happening: Happening) -> list[str]:
    """What differs after a command that nothing but the command changed."""
    before, after = happening.before, happening.after
    if before is None or after is None:
        return []
    if not happening.is_alone:
        # Another runner may be starting what was reset before.
        if "uninitialized" in before.statuses().values():
            return []
        changed = [name for name, resting in _resting(before).items() if _resting(after).get(name) != resting]
        return [f"{name}: {before.statuses()[name]} → {after.statuses().get(name)}" for name in changed]
    differences = []
    for name in sorted({*before.jobs, *after.jobs}):
        old, new = before.jobs.get(name), after.jobs.get(name)
        # A dead runner's jobs are given back by the next command that looks.
        if old != new and not (old is not None and new is not None and old["status"] in HELD):
            old_status, new_status = (None if each is None else each["status"] for each in (old, new))
            differences.append(
                f"{name}: {old_status} → {new_status}" if old_status != new_status else f"{name}: changed"
            )
    if (before.run_id, before.is_canceled) != (after.run_id, after.is_canceled):
        differences.append("the workflow: changed")
    return [] if before.is_held() else differences


def error_that_changed_something(evidence: Evidence) -> Iterator[str]:
    """A command failed, and yet it did something."""
    for happening in evidence.happenings:
        if happening.code and happening.words and not _is_run(happening) and (changes := _changes(happening)):
            what = f"{described(happening)} exited with {happening.code}: {', '.join(changes)}"
            yield f"{what}: {happening.output[-300:]}"


def _is_run(happening: Happening) -> bool:
    return happening.words[:2] == ("torc", "run")


def success_that_changed_nothing(evidence: Evidence) -> Iterator[str]:
    """A command succeeded, and what it was for is not so."""
    for happening in evidence.happenings:
        after = happening.after
        if happening.code != 0 or not happening.words or after is None:
            continue
        words, statuses = happening.words, after.statuses()
        numbers = {str(job["id"]): name for name, job in after.jobs.items()}
        match words[1:3]:
            case ("cancel", _):
                wrong = not after.is_canceled
            case ("jobs", "delete"):
                wrong = words[3] in numbers
            case ("jobs", "create"):
                wrong = words[5] not in after.jobs
            case ("jobs", "reset-status"):
                name = numbers.get(words[3])
                wrong = happening.is_alone and name is not None and statuses[name] in COMPLETE - {"canceled"}
            case _:
                wrong = False
        if wrong:
            yield f"{described(happening)} exited with 0; the jobs are {statuses}"


def traceback(evidence: Evidence) -> Iterator[str]:
    """A program showed a traceback, or the server an internal error."""
    outputs = [(described(happening), happening.output) for happening in evidence.happenings if happening.words]
    outputs += [(f"runner {life.number}", life.output) for life in evidence.runners]
    outputs.append(("the server", evidence.server_log))
    for name, output in outputs:
        for sign in ("Traceback (most recent", "status=500"):
            if sign in output:
                begin = max(0, output.index(sign) - 300)
                yield f"{name}: {output[begin : begin + 1500]}"


def database_is_not_whole(evidence: Evidence) -> Iterator[str]:
    """`torc-server db check` found a broken invariant."""
    if evidence.database_check:
        yield evidence.database_check


def left_running(evidence: Evidence) -> Iterator[str]:
    """A process is left."""
    yield from evidence.left


def did_not_end(evidence: Evidence) -> Iterator[str]:
    """A program did not end in its time."""
    yield from evidence.troubles


CHECKERS: tuple[Checker, ...] = (
    ran_twice_at_once,
    attempt_began_twice,
    began_before_its_parents,
    completed_after_a_parent_that_is_not,
    untrue_result,
    lost_result,
    went_on_after_its_end,
    ran_again_without_a_reason,
    held_without_a_runner,
    untrue_exit_code_of_the_last_run,
    error_that_changed_something,
    success_that_changed_nothing,
    traceback,
    database_is_not_whole,
    left_running,
    did_not_end,
)


def findings(evidence: Evidence) -> dict[str, list[str]]:
    """Return what is broken, by the name of the checker."""
    found = {checker.__name__: list(checker(evidence)) for checker in CHECKERS}
    return {name: texts for name, texts in found.items() if texts}
