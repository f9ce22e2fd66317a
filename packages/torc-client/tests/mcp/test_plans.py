import pytest

from torc_client.mcp.plans import LIFETIME_SECONDS, PlanGoneError, PlannedChange, Plans, StateMovedOnError


class World:
    def __init__(self):
        self.state = "before"
        self.changes = 0
        self.now = 0.0
        self.plans = Plans(clock=lambda: self.now)

    async def plan(self) -> str:
        async def look():
            return self.state

        async def carry_out():
            self.changes += 1
            return ["changed"]

        answer = await self.plans.add(PlannedChange("Change it", ["it changes"], look, carry_out, workflow_id=1))
        assert answer.will == ["it changes"]
        return answer.plan_id


async def test_plan_changes_nothing_until_it_is_applied():
    world = World()
    plan_id = await world.plan()
    assert world.changes == 0
    assert await world.plans.carry_out(plan_id) == ["changed"]
    assert world.changes == 1


async def test_plan_is_applied_once():
    world = World()
    plan_id = await world.plan()
    await world.plans.carry_out(plan_id)
    with pytest.raises(PlanGoneError):
        await world.plans.carry_out(plan_id)
    assert world.changes == 1


async def test_plan_is_refused_when_the_state_has_moved_on():
    world = World()
    plan_id = await world.plan()
    world.state = "after"
    with pytest.raises(StateMovedOnError, match="Change it: refused"):
        await world.plans.carry_out(plan_id)
    assert world.changes == 0


async def test_plan_expires():
    world = World()
    plan_id = await world.plan()
    world.now = LIFETIME_SECONDS + 1
    with pytest.raises(PlanGoneError):
        world.plans.get(plan_id)


async def test_many_plans_replace_the_oldest():
    world = World()
    first = await world.plan()
    last = [await world.plan() for _ in range(100)][-1]
    with pytest.raises(PlanGoneError):
        world.plans.get(first)
    world.plans.get(last)
