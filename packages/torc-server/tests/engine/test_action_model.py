"""Random calls with an action for every job: the counts equal the observed changes, each job counts once."""

import json
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

import model_machine as everything
from torc_server.engine import actions

COMPLETE = {"completed", "failed", "canceled", "terminated"}
ADD = """
INSERT INTO workflow_action (workflow_id, trigger_type, action_type, action_config, job_ids, required_triggers)
VALUES (?, ?, 'run_commands', '{}', ?, ?)
"""


class Machine(everything.Machine):
    def __init__(self):
        super().__init__()
        self.ids = {}
        self.seen = {"on_jobs_ready": set(), "on_jobs_complete": set()}

    # The actions count the jobs that existed at first, and no spawned jobs.
    spawn = None

    def follow(self):
        job_ids = list(self.world.ids.values())
        for trigger in self.seen:
            values = (self.world.workflow_id, trigger, json.dumps(job_ids), len(job_ids))
            self.ids[trigger] = self.database.execute(ADD, values).lastrowid
            actions.count_from_now(self.world.tx, self.ids[trigger], trigger, job_ids)

    def now(self, *statuses):
        return {name for name, status in self.world.statuses().items() if status in statuses}

    @rule(only_uninitialized=st.booleans())
    def initialize_jobs(self, only_uninitialized):
        if not self.ids:
            self.follow()
        super().initialize_jobs(only_uninitialized)
        ready = self.now("ready", "pending", "running", *COMPLETE)
        self.seen = {"on_jobs_ready": ready, "on_jobs_complete": self.now(*COMPLETE)}

    @rule(which=everything.WHICH, status=everything.ENDS, return_code=st.sampled_from([0, 1]))
    def complete(self, which, status, return_code):
        with self.watching():
            super().complete(which, status, return_code)

    @rule(which=st.lists(everything.WHICH, max_size=4), fails=st.sets(everything.WHICH))
    def complete_many(self, which, fails):
        # Jobs that change twice in one batch are excluded, since only the second change is observable.
        once = {self.name(each): each for each in which if self.name(each) not in self.now("canceled")}
        with self.watching():
            super().complete_many(list(once.values()), fails)

    @contextmanager
    def watching(self):
        ready, ended, canceled = self.now("ready"), self.now(*COMPLETE), self.now("canceled")
        yield
        self.seen["on_jobs_ready"] |= self.now("ready") - ready
        self.seen["on_jobs_complete"] |= self.now(*COMPLETE) - ended
        # A job that was canceled with its workflow counts when its success arrives.
        self.seen["on_jobs_complete"] |= self.now("completed") & canceled

    @invariant()
    def each_job_counts_once(self):
        for trigger, action_id in self.ids.items():
            row = self.database.execute("SELECT * FROM workflow_action WHERE id = ?", (action_id,)).fetchone()
            assert row["trigger_count"] == len(self.seen[trigger]), trigger


TestActionModel = Machine.TestCase
TestActionModel.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
