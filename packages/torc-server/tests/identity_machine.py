"""Runners, runs and databases in any order: an attempt belongs to one runner, and a result to one attempt.

Two servers have databases of the same shape, so that each id exists in both. Databases are backed up, restored, copied
and exchanged, and runners of earlier states go on. The machine knows what each runner really did and compares it with
the databases after each step.
"""

import contextlib
import copy
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import server_builders as builders
from identity_builders import Attempt, Database, Runner, new_database
from torc_server.engine import invariants
from torc_server.engine.claiming import claim, leases
from torc_server.engine.errors import EngineError
from torc_server.engine.execution import complete, retry, start
from torc_server.engine.execution.complete import AttemptReport, JobCompletion
from torc_server.engine.execution.start import Start
from torc_server.engine.ids import AttemptId, JobId
from torc_server.engine.lifecycle import cancel, inputs, reset
from torc_server.engine.lifecycle.restart import JobScope, Restart, restart_jobs
from torc_server.engine.origins import NodeOrigin, database_id, require_database, require_registered
from torc_server.engine.states import JobStatus
from torc_server.store.copying import copy_connection
from torc_server.store.transaction import Transaction

WHICH = st.integers(min_value=0, max_value=9)
WORKFLOWS = 2
# Most steps are about the first workflow of the first server, so that they meet.
ADDRESS = WORKFLOW = st.sampled_from([0, 0, 0, 1])
# Files are synced to the disk again and again, which takes no time here.
MEMORY = Path("/dev/shm")  # noqa: S108 - a directory in it, with a random name
LIVE = {JobStatus.PENDING, JobStatus.RUNNING}
STATE = "SELECT workflow.run_id, job.status, job.attempt_id FROM job JOIN workflow ON workflow.id = job.workflow_id"


class Identities(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.clock = builders.Clock()
        self.files = self.tokens = 0
        self.at = [new_database(self._path(), self.clock, WORKFLOWS) for _ in range(2)]
        self.backups: list[tuple[Path, list[Attempt], list[builders.World]]] = []
        self.runners: list[Runner] = []
        # Live attempts that an operation took from their runners, which have not heard of it.
        self.fenced: set[int] = set()

    def teardown(self) -> None:
        for database in self.at:
            database.close()
        shutil.rmtree(self.directory)

    def _path(self) -> Path:
        self.files += 1
        return self.directory / f"{self.files}.db"

    # Runners

    @initialize()
    def begin_with_two_runners(self) -> None:
        for _ in range(2):
            self.register(0, 0)

    @rule(address=ADDRESS, workflow=WORKFLOW)
    def register(self, address: int, workflow: int) -> None:
        database = self.at[address]
        world = database.worlds[workflow]
        self.tokens += 1
        node_id = world.node(lease_seconds=60)
        database.connection.execute("UPDATE compute_node SET secret = ? WHERE id = ?", (f"s{self.tokens}", node_id))
        origin = NodeOrigin(node_id, f"s{self.tokens}")
        self.runners.append(Runner(address, workflow, database.id, origin, world.run_id))

    def runner(self, which: int) -> Runner:
        return self.runners[which % len(self.runners)]

    def request(self, runner: Runner, perform: Callable[[builders.World], EngineError | None]) -> bool:
        """Make a request of a runner to the server at its address, whatever database that has now.

        Returns whether it was accepted. A refused one changes nothing, and no other database accepts one.
        """
        database = self.at[runner.address]
        world = database.worlds[runner.workflow]
        before = database.connection.execute(STATE).fetchall()
        try:
            require_database(database_id(world.tx), runner.database_id)
            require_registered(world.tx, runner.node)
            if (refusal := perform(world)) is not None:
                raise refusal
        except EngineError:
            assert database.connection.execute(STATE).fetchall() == before
            return False
        world.check()
        assert database.id == runner.database_id
        return True

    @rule(which=WHICH, limit=st.integers(1, 3))
    def claim(self, which: int, limit: int) -> None:
        runner = self.runner(which)

        def perform(world: builders.World) -> None:
            claimed = claim.claim_next(
                world.tx, world.workflow_id, limit, claim_key=None, now=self.clock.now,
                node_id=runner.node.node_id, run_id=runner.run_id,
            )  # fmt: skip
            for job_id in claimed.job_ids:
                self.begin(runner, world, job_id)

        self.request(runner, perform)

    def begin(self, runner: Runner, world: builders.World, job_id: JobId) -> None:
        """Let a runner have an attempt. No live attempt of the job may exist that was not fenced before."""
        self.tokens += 1
        name = world.name(job_id)
        attempt = Attempt(
            runner.database_id, runner.workflow, job_id, world.run_id, AttemptId(world.column(name, "attempt_id")),
            self.tokens,
        )  # fmt: skip
        for other in self.runners:
            existing = other.live.get(job_id)
            if existing is not None and self.world_of(existing) is world:
                assert existing.token in self.fenced, f"{existing} lives, and {attempt} begins"
        runner.live[job_id] = attempt
        self.at[runner.address].attempts.append(attempt)

    @precondition(lambda self: any(runner.live for runner in self.runners))
    @rule(which=WHICH, job=WHICH)
    def report_start(self, which: int, job: int) -> None:
        """Report that an attempt runs, again and again. The runner ends an attempt whose start is refused."""
        runner, attempt = self.some_live(which, job)

        def perform(world: builders.World) -> EngineError | None:
            each = Start(attempt.job_id, runner.run_id, runner.node.node_id, attempt_id=attempt.attempt_id)
            (refusal,) = start.start_jobs(world.tx, world.workflow_id, [each], now=self.clock.now)
            return refusal

        is_accepted = self.request(runner, perform)
        assert not (is_accepted and attempt.token in self.fenced), f"a fenced attempt continues: {attempt}"
        if not is_accepted:
            del runner.live[attempt.job_id]

    def some_live(self, which: int, job: int) -> tuple[Runner, Attempt]:
        runners = [runner for runner in self.runners if runner.live]
        runner = runners[which % len(runners)]
        attempts = list(runner.live.values())
        return runner, attempts[job % len(attempts)]

    @precondition(lambda self: any(runner.live for runner in self.runners))
    @rule(which=WHICH, job=WHICH, return_code=st.sampled_from([0, 0, 3]), is_sent=st.booleans())
    def end(self, which: int, job: int, return_code: int, is_sent: bool) -> None:
        """An attempt ends by itself. Its report is sent now, or only stays in the journal."""
        runner, attempt = self.some_live(which, job)
        del runner.live[attempt.job_id]
        report = self.report_of(runner, attempt, return_code)
        runner.journal.append((attempt, report))
        if is_sent:
            self.send(runner, report)

    @staticmethod
    def report_of(runner: Runner, attempt: Attempt, return_code: int) -> AttemptReport:
        status = JobStatus.FAILED if return_code else JobStatus.COMPLETED
        return AttemptReport(
            job_id=attempt.job_id,
            run_id=attempt.run_id,
            node_id=runner.node.node_id,
            status=status,
            return_code=return_code,
            exec_time_minutes=float(attempt.token),
            completion_time="2026-01-02T03:05:05+00:00",
            attempt_id=attempt.attempt_id,
        )

    @precondition(lambda self: any(runner.journal for runner in self.runners))
    @rule(which=WHICH, entry=WHICH)
    def send_journal(self, which: int, entry: int) -> None:
        """Send a report of any time, also one that was sent before."""
        runners = [runner for runner in self.runners if runner.journal]
        runner = runners[which % len(runners)]
        self.send(runner, runner.journal[entry % len(runner.journal)][1])

    def send(self, runner: Runner, report: AttemptReport) -> None:
        def perform(world: builders.World) -> EngineError | None:
            completion = JobCompletion(report.job_id, report.status, report.run_id, report)
            (refusal,) = complete.complete_jobs(world.tx, world.workflow_id, [completion], now=self.clock.now)
            return refusal

        self.request(runner, perform)

    @rule(which=WHICH)
    def join_the_current_run(self, which: int) -> None:
        """The runner ends what it has of an earlier run, and claims for the current one from now on."""
        runner, earlier = self.runner(which), self.runner(which).run_id

        def perform(world: builders.World) -> None:
            runner.run_id = world.run_id

        if self.request(runner, perform) and runner.run_id != earlier:
            runner.live.clear()

    # Operations

    def kept(self, world: builders.World) -> list[Attempt]:
        """The live attempts of a world that the server has as pending or running."""
        live = [attempt for runner in self.runners for attempt in runner.live.values()]
        return [each for each in live if each.token not in self.fenced and self.world_of(each) is world]

    def world_of(self, attempt: Attempt) -> builders.World | None:
        for database in self.at:
            if database.id == attempt.database_id:
                return database.worlds[attempt.workflow]
        return None

    def is_current(self, attempt: Attempt, world: builders.World) -> bool:
        name = world.name(attempt.job_id)
        return (
            world.run_id == attempt.run_id
            and world.column(name, "attempt_id") == attempt.attempt_id
            and world.column(name, "status") in LIVE
        )

    def world(self, address: int, workflow: int) -> builders.World:
        return self.at[address].worlds[workflow]

    @staticmethod
    def restart_of(world: builders.World, operation: str) -> Restart:
        if operation == "restart":
            return Restart(scope=JobScope.ALL)
        return Restart(scope=JobScope.LISTED, job_ids=[world.ids["a"]], begins_run=False)

    @rule(
        address=ADDRESS,
        workflow=WORKFLOW,
        operation=st.sampled_from(
            ["initialize", "reset failed", "process changed", "reset without force", "restart", "restart a job"]
        ),
    )
    def operate(self, address: int, workflow: int, operation: str) -> None:
        """Operations that are not forced: each live attempt goes on."""
        world = self.world(address, workflow)
        with contextlib.suppress(EngineError):
            match operation:
                case "initialize":
                    world.initialize(only_uninitialized=True)
                case "reset failed":
                    world.reset_jobs(failed_only=True)
                case "process changed":
                    inputs.process_changed(world.tx, world.workflow_id, dry_run=False)
                case "reset without force":
                    world.reset_workflow(force=False)
                case _:
                    restart_jobs(world.tx, world.workflow_id, self.restart_of(world, operation), user="ada")
        world.check()

    @rule(
        address=ADDRESS,
        workflow=WORKFLOW,
        operation=st.sampled_from(["initialize", "reset", "reset with force", "restart", "restart a job", "cancel"]),
    )
    def take(self, address: int, workflow: int, operation: str) -> None:
        """Operations that take live attempts from their runners, which hear of it later."""
        world = self.world(address, workflow)
        match operation:
            case "initialize":
                world.initialize()
            case "reset":
                world.reset_jobs()
            case "reset with force":
                reset.reset_workflow_status(world.tx, world.workflow_id, force=True, advance_run=True)
            case "restart" | "restart a job":
                restart = replace(self.restart_of(world, operation), force=True)
                restart_jobs(world.tx, world.workflow_id, restart, user="ada")
            case _:
                cancel.cancel_workflow(world.tx, world.workflow_id)
        world.check()
        self.note_fenced(world)

    def note_fenced(self, world: builders.World) -> None:
        self.fenced |= {attempt.token for attempt in self.kept(world) if not self.is_current(attempt, world)}

    @rule(address=ADDRESS, workflow=WORKFLOW, job=st.sampled_from("abc"))
    def retry(self, address: int, workflow: int, job: str) -> None:
        world = self.world(address, workflow)
        with contextlib.suppress(EngineError):
            retry.retry(world.tx, world.ids[job], world.run_id, max_retries=99, now=self.clock.now)
        world.check()
        self.note_fenced(world)

    @rule(which=WHICH)
    def lose_node(self, which: int) -> None:
        """The lease of a node expires."""
        runner = self.runner(which)
        database = self.at[runner.address]
        world = database.worlds[runner.workflow]
        if database.id == runner.database_id:
            leases.give_up(world.tx, runner.node.node_id, now=self.clock.now)
            world.check()
            self.note_fenced(world)

    # Databases

    @rule(address=ADDRESS, which=WHICH, event=st.sampled_from(["restart", "back up", "restore", "exchange"]))
    def manage(self, address: int, which: int, event: str) -> None:
        """What an administrator does to the servers."""
        match event:
            case "restart":
                self.restart(address)
            case "exchange":
                # Each server gets the database of the other one.
                self.at.reverse()
            case "back up":
                database, path = self.at[address], self._path()
                copy_connection(database.connection, path)
                self.backups.append((path, list(database.attempts), database.worlds))
            case _ if self.backups:
                self.restore(address, *self.backups[which % len(self.backups)])
            case _:
                pass

    def restart(self, address: int) -> None:
        """A restart keeps the id."""
        before = self.at[address].id
        self.at[address].close()
        self.at[address].open()
        assert self.at[address].id == before

    def restore(self, address: int, path: Path, attempts: list[Attempt], worlds: list[builders.World]) -> None:
        """Start a server with a backup in place of its database. The copy has an id of its own."""
        restored = self._path()
        shutil.copy(path, restored)
        known = {database.id for database in self.at}
        self.at[address].close()
        database = Database(restored, list(attempts))
        assert database.id not in known | {attempt.database_id for attempt in database.attempts}
        database.worlds = [copy.copy(world) for world in worlds]
        for world in database.worlds:
            world.connection, world.tx = database.connection, Transaction(database.connection)
        self.at[address] = database

    # What holds after each step

    @invariant()
    def live_attempts_go_on_unless_they_were_taken(self) -> None:
        for runner in self.runners:
            for attempt in runner.live.values():
                world = self.world_of(attempt)
                if world is not None:
                    assert attempt.token in self.fenced or self.is_current(attempt, world), attempt

    @invariant()
    def one_live_attempt_of_each_job_is_current(self) -> None:
        current = [
            (attempt.database_id, attempt.workflow, attempt.job_id)
            for runner in self.runners
            for attempt in runner.live.values()
            if (world := self.world_of(attempt)) is not None and self.is_current(attempt, world)
        ]
        assert len(current) == len(set(current))

    @invariant()
    def no_promise_is_broken(self) -> None:
        for database in self.at:
            assert invariants.check_running(database.worlds[0].tx) == []

    @invariant()
    def attempts_have_different_numbers(self) -> None:
        for database in self.at:
            own = [each for each in database.attempts if each.database_id == database.id]
            assert len(own) == len({(each.job_id, each.run_id, each.attempt_id) for each in own})

    @invariant()
    def each_result_is_of_an_attempt_of_this_database(self) -> None:
        for database in self.at:
            known = {(each.job_id, each.run_id, each.attempt_id, float(each.token)): each for each in database.attempts}
            for row in database.connection.execute("SELECT job_id, run_id, attempt_id, exec_time_minutes FROM result"):
                assert tuple(row) in known, tuple(row)
