"""Perform an outage: what runs on the host far before, during and after it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from outages import dashboard
from outages.jobs import Job, jobs_of, written
from outages.kinds import OUTAGES
from outages.scene import ALONE, SHARED, Scene
from outages.timed import Program

SMALL = "name: small\njobs: [{name: one, command: 'true'}]\n"
LARGE = "name: large\njobs:\n  - {{name: 'job_{{i:05d}}', command: 'true', parameters: {{i: '1:{jobs}'}}}}\n"
# The creation of this number of jobs takes longer than it takes to start an outage.
LARGE_JOBS = 25_000
# The time after an outage in which everything must have ended.
END_SECONDS = 150.0
LEASE_SECONDS = 300.0

DURING = (
    ("torc ping", ("torc", "ping")),
    ("torc workflows list", ("torc", "workflows", "list")),
    ("torc create", ("torc", "create", "small.yaml")),
    (
        "torc user-data create",
        ("torc", "--skip-version-check", "user-data", "create", "1", "--name", "during", "--data", "1"),
    ),
    ("torc watch, new", ("torc", "watch", "1")),
    ("torc run, new", ("torc", "run", "1", "-o", "new")),
    ("torc -s exec", ("torc", "-s", "--db", "own.db", "exec", "-o", "own", "-c", "true")),
)
# Programs that end only when they are stopped.
ENDLESS = frozenset({"torc events monitor", "torc-dash", "dashboard, events"})
# Scenes are prepared one after the other: starting programs is what costs time.
_PREPARING = threading.Lock()


@dataclass
class Performed:
    """What happened in a scene. All times are of the monotonic clock."""

    kind: str
    seconds: float
    large_jobs: int = LARGE_JOBS
    """The number of jobs in the workflow whose creation is interrupted."""
    began_at: float = 0.0
    ended_at: float = 0.0
    programs: list[Program] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Programs that still ran at the end, and should not."""
    written: Counter[str] = field(default_factory=Counter)
    """What the database has of the commands that write: workflows and user data by name, and jobs of `large`."""


def perform(kind: str, seconds: float, folder: Path, *, large_jobs: int = LARGE_JOBS) -> Performed:
    """Interrupt the connection of the host far for this time, and wait until all jobs have ended."""
    done = Performed(kind, seconds, large_jobs)
    with Scene(folder) as scene:
        with _PREPARING:
            _prepare(scene, large_jobs)
            browser = dashboard.start(scene)
        try:
            _begin(done, scene)
            _outlast(done, scene)
        finally:
            browser.close()
        done.programs = [*scene.programs(), browser.program]
        done.jobs = jobs_of(scene.server, (scene.alone, scene.shared), scene.jobs.started())
        done.doubles, done.written = scene.jobs.doubles(), written(scene.server)
    return done


def _prepare(scene: Scene, large_jobs: int) -> None:
    scene.far.file("small.yaml", SMALL)
    scene.far.file("large.yaml", LARGE.format(jobs=large_jobs))
    scene.start_runners()
    watch = scene.start("torc watch", scene.far, "torc", "watch", scene.alone)
    scene.start("torc events monitor", scene.far, "torc", "events", "monitor", scene.alone)
    job = scene.rows("SELECT id FROM job WHERE name = 'after'")[0][0]
    # The files of the output are on this host, but not in the folder where the command looks for them.
    tail = scene.start("torc logs tail", scene.far, "env", "--chdir=/", "torc", "logs", "tail", job)
    watch.wait_for("of")
    tail.wait_for("started")


def _begin(done: Performed, scene: Scene) -> None:
    """Start an outage in the middle of the creation of a workflow."""
    creating = scene.start("torc create, in flight", scene.far, "torc", "create", "large.yaml")
    while creating.process.poll() is None and not scene.rows("SELECT id FROM workflow WHERE name = 'large'"):
        time.sleep(0.02)
    OUTAGES[done.kind].start(scene)
    done.began_at = time.monotonic()


def _outlast(done: Performed, scene: Scene) -> None:
    seconds = done.seconds
    held = set(scene.jobs.started("far"))
    scene.jobs.end(*({*ALONE, *SHARED} - held))
    mine = sorted(held & set(SHARED))
    plan = [
        (0.1 * seconds, lambda: scene.jobs.end("soon", *mine[:1])),
        (min(3.0, 0.2 * seconds), lambda: [scene.start(name, scene.far, *words) for name, words in DURING]),
        (0.5 * seconds, lambda: scene.jobs.end("middle")),
        (
            max(seconds - 1.5, 0.7 * seconds),
            lambda: scene.start("torc workflows list, 1.5 s before the end", scene.far, "torc", "workflows", "list"),
        ),
        (seconds, lambda: OUTAGES[done.kind].end(scene)),
    ]
    _at(done.began_at, plan)
    done.ended_at = time.monotonic()
    _at(done.ended_at, [(min(8.0, 0.4 * seconds), lambda: scene.jobs.end("after", *mine[1:]))])
    end = time.monotonic() + END_SECONDS
    for name, running in scene.running.items():
        if name not in ENDLESS and not running.wait(max(0.0, end - time.monotonic())):
            done.left.append(name)


def _at(began_at: float, plan: Iterable[tuple[float, Callable[[], object]]]) -> None:
    """Act at times after `began_at`."""
    for seconds, act in plan:
        threading.Event().wait(max(0.0, began_at + seconds - time.monotonic()))
        act()
