"""The observations as lines of text: what each program printed, and after how many seconds."""

import re
from collections.abc import Iterator

from outages.checking import unusual
from outages.performing import Performed
from outages.timed import Program, Said

_SILENT = re.compile(r"No Torc server answers|still waiting|Server away|does not answer|^ended: curl [^0]|Lease lost")
_BACK = re.compile(r"answers again|Server back|^200|^id: ")
_TIME = re.compile(r"^\d{4}-\d\d-\d\d[T ][\d:,.]+Z? +(\w+) ")
WIDTH = 110


def lines_of(done: Performed) -> Iterator[str]:
    """Yield the lines of one scene."""
    yield f"== {done.kind}, {done.seconds:g} s"
    for program in done.programs:
        yield f"{program.name:<44} {_said(program, done):<{WIDTH + 9}} {_back(program, done):>8}  {_end(program, done)}"
    for job in unusual(done.jobs):
        yield f"   {job.name}: {job.starts} starts, {job.attempt} attempts, {job.results} result"
    counts = f"{len(done.jobs)} jobs, {sum(job.results == 1 for job in done.jobs)} with one result"
    lost = sum(job.results == 0 for job in done.jobs)
    yield f"   {counts}, {lost} lost, {len(done.doubles)} ran twice at once"


def transcript(done: Performed) -> Iterator[str]:
    """Yield everything that the programs printed, with the seconds since the beginning of the outage."""
    for program in done.programs:
        yield f"== {program.name}: {_end(program, done)}"
        yield from (f"{each.at - done.began_at:9.2f} {each.line}" for each in program.lines)
    yield from map(str, done.jobs)


def _since(program: Program, done: Performed) -> float:
    """Return the start of the outage, or of a program that started later."""
    return max(done.began_at, program.began_at)


def _said(program: Program, done: Performed) -> str:
    """Return the first report of the outage, and the error, if the program ended with one."""
    during = [each for each in program.lines if done.began_at <= each.at < max(done.ended_at, program.ended_at or 0.0)]
    found = [each for each in during if _SILENT.search(each.line)]
    if not found:
        return "-"
    return _words(found[0], _since(program, done))


def _words(said: Said, since: float) -> str:
    line = _TIME.sub(r"\1 ", said.line)
    return f"{said.at - since:5.1f} s {line[:WIDTH]}"


def _back(program: Program, done: Performed) -> str:
    found = [each.at for each in program.lines if each.at >= done.ended_at and _BACK.search(each.line)]
    return f"+{found[0] - done.ended_at:.1f} s" if found else ""


def _end(program: Program, done: Performed) -> str:
    if program.ended_at is None or program.code is None or program.code < 0:
        return ""
    if program.began_at < done.began_at and program.ended_at > done.ended_at:
        return f"exit {program.code} {program.ended_at - done.ended_at:.1f} s after the end"
    return f"exit {program.code} after {program.ended_at - _since(program, done):.1f} s"
