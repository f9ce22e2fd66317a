"""The machine of model_machine.py, with operations on the whole workflow performed on a copy and applied row by row."""

from hypothesis import HealthCheck, settings

import model_machine as model
from torc_server.engine import workflow_locks
from torc_server.store.scratch import Scratch
from transition_guard import guarded_transitions


class InSteps(model.builders.World):
    """Runs operations on a whole workflow in steps, as the server does for a huge workflow."""

    path = None
    is_copy = False

    def in_steps(self, work):
        own, which = self.tx, self.workflow_id
        ids = workflow_locks.lock(own, which, "a test")
        with guarded_transitions():
            scratch = Scratch(self.path, workflow_locks.COPIED_TABLES, {"workflow_id": which}, ids)
        self.tx, self.is_copy = scratch.transaction, True
        try:
            answer = work()
            workflow_locks.log_changes(own, which, [change.to_text() for change in scratch.changes(1)])
        except Exception:
            while workflow_locks.discard(own, which):
                pass
            raise
        finally:
            self.tx, self.is_copy = own, False
            scratch.close()
        workflow_locks.commit(own, which)
        while workflow_locks.apply_next(own, which):
            pass
        own.signals += scratch.transaction.signals
        return answer

    def check(self):
        if not self.is_copy:  # a copy has no results
            super().check()

    def initialize(self, **members):
        return self.in_steps(lambda: super(InSteps, self).initialize(**members))

    def reset_jobs(self, **members):
        return self.in_steps(lambda: super(InSteps, self).reset_jobs(**members))

    def cancel(self):
        return self.in_steps(lambda: super(InSteps, self).cancel())


class SteppedMachine(model.Machine):
    def __init__(self):
        super().__init__()
        self.world.__class__ = InSteps
        self.world.path = self.path


TestModelInSteps = SteppedMachine.TestCase
TestModelInSteps.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
