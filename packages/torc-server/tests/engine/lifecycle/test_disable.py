"""Disabling many jobs in one step."""

import pytest

from torc_server.engine.errors import Conflict, RuleBroken
from torc_server.engine.ids import RunId
from torc_server.engine.lifecycle.disable import disable_jobs
from torc_server.engine.signals import WorkflowCompleted


@pytest.fixture
def waiting(world):
    """`first` is ready, `second` waits for it, `new` is not initialized yet."""
    world.job("first")
    world.job("second", after=["first"])
    world.initialize()
    world.job("new")
    world.told()
    return world


def disable(world, *names, run=None):
    number = disable_jobs(world.tx, world.workflow_id, [world.ids[name] for name in names], run)
    world.check()
    return number


def test_jobs_that_have_not_begun_are_disabled(waiting):
    assert disable(waiting, "second", "new", "new") == 2
    assert waiting.statuses() == {"first": "ready", "second": "disabled", "new": "disabled"}
    assert disable(waiting, "new", "first") == 1
    assert WorkflowCompleted(waiting.workflow_id) in waiting.told()


def test_one_job_that_has_begun_refuses_all(waiting):
    waiting.claim()
    with pytest.raises(RuleBroken) as refused:
        disable(waiting, "new", "first")
    assert refused.value.field == "status"
    with pytest.raises(RuleBroken) as refused:
        disable_jobs(waiting.tx, waiting.workflow_id, [waiting.ids["new"], 999])
    assert (refused.value.field, refused.value.value) == ("job_id", 999)
    with pytest.raises(Conflict):
        disable(waiting, "new", run=RunId(7))
    assert waiting.statuses() == {"first": "pending", "second": "blocked", "new": "uninitialized"}
