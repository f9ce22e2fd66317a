"""Random graphs and random calls: the engine and the reference model agree, and the invariants hold, at every step.

The database is a file, which is closed and opened again now and then, also in the middle of a call.
"""

import contextlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import reference_model as model
import server_builders as builders
from torc_server.engine.errors import EngineError
from torc_server.engine.states import JobStatus
from torc_server.store.migrate import migrate
from torc_server.store.sqlite_files import open_to_write
from torc_server.store.transaction import Transaction
from transition_guard import guarded_transitions

ENDS = st.sampled_from(
    [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED]
)
WHICH = st.integers(min_value=0, max_value=9)


@cache
def empty_database():
    """Return the bytes of a migrated database. Migrating one for each example would dominate the time."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "empty.db"
        migrate(path)
        with contextlib.closing(open_to_write(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


class Machine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.path = self.directory / "torc.db"
        self.path.write_bytes(empty_database())
        self.database = self.opened()
        self.world = builders.World(self.database, builders.Clock())
        self.model = model.Model()
        self.files = {}

    def teardown(self):
        self.database.close()
        shutil.rmtree(self.directory)

    def opened(self):
        with guarded_transitions():
            database = open_to_write(self.path)
        database.guard()
        database.execute("PRAGMA synchronous = OFF")  # durability is not tested here, and it is much faster
        return database

    def name(self, which):
        return list(self.model.jobs)[which % len(self.model.jobs)]

    def both(self, of_world, of_model):
        """Call both; assert that both refuse, or return the same answer."""
        try:
            expected = of_model()
        except model.Refused:
            with pytest.raises(EngineError):
                of_world()
        else:
            assert of_world() == expected

    @initialize(
        shape=st.lists(st.tuples(st.sets(WHICH, max_size=3), st.booleans(), st.booleans()), min_size=1, max_size=8)
    )
    def build(self, shape):
        for number, (parents, cancel_on_failure, by_file) in enumerate(shape):
            name, earlier = f"j{number}", [f"j{parent}" for parent in sorted(parents) if parent < number]
            self.files[name] = self.world.file(name)
            self.world.job(
                name,
                after=[] if by_file else earlier,
                reads=[self.files[parent] for parent in earlier] if by_file else (),
                writes=[self.files[name]],
                cancel_on_failure=cancel_on_failure,
            )
            self.model.jobs[name] = model.ModelJob(set(earlier), cancel_on_failure)
        self.initialize_jobs(only_uninitialized=False)

    @rule(only_uninitialized=st.booleans())
    def initialize_jobs(self, only_uninitialized):
        self.both(
            lambda: self.world.initialize(only_uninitialized=only_uninitialized),
            lambda: self.model.initialize(only_uninitialized=only_uninitialized),
        )

    @rule(limit=st.integers(min_value=0, max_value=3), packed=st.booleans())
    def claim(self, limit, packed):
        ready = [name for name, job in self.model.jobs.items() if job.status == "ready"]
        expected = [] if self.model.is_canceled else ready[:limit]
        offer = builders.NodeOffer(num_cpus=100, memory_bytes=2**40)
        node_id = self.world.node_id
        if packed:
            assert self.world.claim_for(offer, limit, node_id=node_id) == expected
        else:
            assert self.world.claim(limit, node_id=node_id) == expected
        for name in expected:
            self.model.jobs[name].become("pending")

    @rule(which=WHICH)
    def start(self, which):
        name = self.name(which)
        self.both(lambda: self.world.start(name), lambda: self.model.start(name))

    @rule(which=WHICH, status=ENDS, return_code=st.sampled_from([0, 1]))
    def complete(self, which, status, return_code):
        name = self.name(which)
        self.both(
            lambda: self.world.complete(name, return_code, status=status),
            lambda: self.model.complete(name, status.word, return_code),
        )

    @rule(which=WHICH)
    def retry(self, which):
        name = self.name(which)
        self.both(lambda: self.world.retry(name), lambda: self.model.retry(name))

    @rule()
    def lose_node(self):
        self.both(self.world.lose_node, self.model.lose_node)

    @rule(which=st.lists(WHICH, max_size=4), fails=st.sets(WHICH))
    def complete_many(self, which, fails):
        """Complete jobs in one call; the model completes them one after the other."""
        names = [self.name(each) for each in which]
        codes = [int(each in fails) for each in which]
        completions = [self.world.completion(name, code) for name, code in zip(names, codes, strict=True)]
        refusals = self.world.complete_many(*completions)
        for name, code, refusal in zip(names, codes, refusals, strict=True):
            try:
                self.model.complete(name, "failed" if code else "completed", code)
            except model.Refused:
                assert refusal
            else:
                assert refusal is None

    @rule(which=WHICH, status=st.sampled_from(sorted(set(JobStatus) - {JobStatus.PENDING, JobStatus.RUNNING})))
    def manage(self, which, status):
        name = self.name(which)
        self.both(lambda: self.world.manage(name, status), lambda: self.model.manage(name, status.word))

    @precondition(lambda self: len(self.model.jobs) < 12)
    @rule(which=WHICH, after=WHICH)
    def spawn(self, which, after):
        caller, after, name = self.name(which), self.name(after), f"s{len(self.model.jobs)}"
        self.both(lambda: self.world.spawn(caller, name, after), lambda: self.model.spawn(caller, name, after))

    @rule()
    def cancel(self):
        self.both(self.world.cancel, self.model.cancel)

    @rule(failed_only=st.booleans())
    def reset_jobs(self, failed_only):
        self.both(
            lambda: self.world.reset_jobs(failed_only=failed_only),
            lambda: self.model.reset_jobs(failed_only=failed_only),
        )

    @rule(force=st.booleans(), advance_run=st.booleans())
    def reset_workflow(self, force, advance_run):
        self.both(
            lambda: self.world.reset_workflow(force=force, advance_run=advance_run),
            lambda: self.model.reset_workflow(force=force, advance_run=advance_run),
        )

    @rule(interrupted=st.booleans())
    def restart(self, interrupted):
        """Close the database and open it again. Uncommitted changes are lost."""
        if interrupted:
            self.database.execute("BEGIN IMMEDIATE")
            self.world.cancel()
            self.world.reset_jobs()
        self.database.close()
        self.database = self.opened()
        self.world.connection = self.database
        self.world.tx = Transaction(self.database)

    @precondition(lambda self: any(job.status == "uninitialized" for job in self.model.jobs.values()))
    @rule(which=WHICH)
    def disable(self, which):
        names = [name for name, job in self.model.jobs.items() if job.status == "uninitialized"]
        name = names[which % len(names)]
        self.database.execute("UPDATE job SET status = 9 WHERE id = ?", (self.world.ids[name],))
        self.model.jobs[name].become("disabled")

    @invariant()
    def they_agree(self):
        assert self.world.statuses() == {name: job.status for name, job in self.model.jobs.items()}
        attempts = {name: self.world.column(name, "attempt_id") for name in self.model.jobs}
        assert attempts == {name: job.attempt for name, job in self.model.jobs.items()}
        self.world.check()
