"""What 1.0 accepts and ignores, or does nothing about, is a warning and not a problem."""

import pytest

from torc_client.spec.plan import make_plan

JOB = {"name": "a", "command": "true"}
START = {"trigger_type": "on_workflow_start", "action_type": "run_commands", "commands": ["true"]}


def planned(**members):
    plan = make_plan("spec", {"name": "w", "jobs": [JOB], **members})
    return plan, [(str(each.code), each.place) for each in plan.warnings]


def test_a_workflow_without_jobs():
    plan, warnings = planned(jobs=[])
    assert (plan.jobs, plan.levels) == ([], [])
    assert warnings == [("SPEC043", "jobs")]


def test_a_parameter_that_the_workflow_does_not_have():
    job = {"name": "a_{i}", "command": "true", "use_parameters": ["lr", "i"]}
    plan, warnings = planned(jobs=[job], parameters={"lrs": "1:2", "i": "1:2"})
    assert [each.record["name"] for each in plan.jobs] == ["a_1", "a_2"]
    assert warnings == [("SPEC033", "jobs[0].use_parameters[0]")]


def test_jobs_of_an_action_that_waits_for_none():
    plan, ((code, place),) = planned(actions=[{**START, "jobs": ["a"]}])
    assert (code, place, plan.actions[0].jobs) == ("SPEC051", "actions[0]", ())


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({**START, "num_allocations": 2}, "num_allocations"),
        ({**START, "action_type": "schedule_nodes", "scheduler_type": "local"}, "commands"),
    ],
    ids=lambda each: each if isinstance(each, str) else each["action_type"],
)
def test_a_field_of_the_other_type_of_action(action, field):
    _, warnings = planned(actions=[action])
    assert warnings == [("SPEC051", f"actions[0].{field}")]


def test_a_rule_without_attempts():
    rules = [{"exit_codes": [3], "max_retries": 0}]
    plan, warnings = planned(failure_handlers=[{"name": "h", "rules": rules}])
    assert plan.failure_handlers[0]["rules"] == rules
    assert len(warnings) == 1
