"""What breaks a promise: about jobs, what commands report, and programs that print nothing or do not end."""

from collections.abc import Iterator

from outages.jobs import Job, wrong_jobs
from outages.performing import ENDLESS, LEASE_SECONDS, Performed
from outages.timed import Program

# Programs that run before, during and after an outage.
LASTING = frozenset({"torc run", "torc run, shared", "torc watch", "torc events monitor", "torc logs tail"})
_MAY_HAVE_PERFORMED = "The server may have performed the call"
_IN_PART = "was created in part"
NOTICE_SECONDS = 20.0


def findings(done: Performed) -> Iterator[str]:
    """Yield what is wrong."""
    loses_lease = done.seconds >= LEASE_SECONDS and done.kind not in {"loss", "kill -9"}
    yield from wrong_jobs(done.jobs, done.doubles, may_run_again=loses_lease, may_overlap=loses_lease)
    yield from (f"{name} did not end" for name in done.left)
    for program in done.programs:
        yield from _of_program(program, done)


def _of_program(program: Program, done: Performed) -> Iterator[str]:
    text = program.text()
    if "Traceback" in text:
        yield f"{program.name} printed a traceback"
    if program.name in LASTING:
        if program.code != 0 and program.name not in ENDLESS:
            yield f"{program.name} ended with {program.code}"
        elif program.ended_at is not None and program.ended_at < done.ended_at:
            yield f"{program.name} ended during the outage"
        if done.seconds >= NOTICE_SECONDS and done.kind != "loss" and not reports_outage(program, done):
            yield f"{program.name} did not report the outage"
    created = {
        "torc create": done.written["small"] == 1,
        "torc create, in flight": done.written["jobs of large"] == done.large_jobs,
        "torc user-data create": done.written["during"] == 1,
    }
    is_there = created.get(program.name)
    if is_there is None:
        return
    if program.code == 0 and not is_there:
        yield f"{program.name} ended with 0 and created nothing"
    # The server can end between its commit and its answer: the command cannot know what it created.
    is_said = _MAY_HAVE_PERFORMED in text or _IN_PART in text
    if program.code not in {0, None} and is_there and not is_said:
        yield f"{program.name} ended with {program.code}, and the server has what it created"
    if program.name == "torc create, in flight" and program.code and done.written["large"] and not is_said:
        yield f"{program.name} left a workflow and did not report it"


def reports_outage(program: Program, done: Performed) -> bool:
    """Whether a program printed during the outage that the server does not answer."""
    return any(
        done.began_at <= each.at and ("No Torc server answers" in each.line or "still waiting" in each.line)
        for each in program.lines
    )


def unusual(jobs: list[Job]) -> list[Job]:
    """Return the jobs that needed several attempts or starts."""
    return [job for job in jobs if job.attempt > 1 or job.starts > 1]
