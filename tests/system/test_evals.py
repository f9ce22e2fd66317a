"""The questions of the skill are answered by the real server for assistants, on real workflows, without a model."""

import pytest

from evals.asking import ask, connected, prepare
from evals.questions import read_questions
from support.processes import Place, Server

CHANGING = {"create_workflow", "save_spec_file", "recover_workflow", "apply_plan", "plan_delete"}


@pytest.mark.timeout(400)
async def test_every_question_is_answered(place: Place, server: Server):
    scenarios, questions = read_questions()
    prepare(place, scenarios)
    changing = [each for each in questions if CHANGING & {call.tool for call in each.calls}]
    async with connected(place, "--read-only") as client:
        offered = {tool.name for tool in (await client.list_tools()).tools}
        asked = [await ask(client, each) for each in questions if each not in changing]
    assert not CHANGING & offered
    async with connected(place) as client:
        asked += [await ask(client, each) for each in changing]
    assert {each.question: each.complaints for each in asked if each.complaints} == {}
    assert len(asked) == len(questions)
