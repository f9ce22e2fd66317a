"""In a terminal, messages break between words."""

import pytest

from program_in_terminal import in_terminal

WRONG = """name: diamond
jobs:
  - name: prepare
    command: echo prepare
  - name: train
    command: echo train
    depend_on: [prepare]
  - name: report
    command: echo report
    depends_on: [trian]
"""


def words_of(text: str) -> list[str]:
    return text.split("--- exit code", maxsplit=1)[0].split()


@pytest.mark.parametrize("columns", [60, 80])
async def test_problems_of_a_spec(fake_server, tmp_path, columns):
    spec = tmp_path / "wrong.yaml"
    spec.write_text(WRONG)
    shown = await in_terminal(fake_server.url, ["spec", "check", str(spec)], columns)
    lines = shown.splitlines()
    assert "did you mean" in " ".join(words_of(shown))
    assert all(len(line) <= columns or " " not in line for line in lines)
    assert len(lines) > len((await in_terminal(fake_server.url, ["spec", "check", str(spec)], 1000)).splitlines())


async def test_sentences_above_a_table(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status(run_id=2))
    empty = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}
    fake_server.answer("list_results", empty)
    fake_server.answer("list_jobs", empty)
    fake_server.answer("list_resource_requirements", empty)
    shown = await in_terminal(fake_server.url, ["workflows", "check-resources", "7"], 40)
    assert all(len(line) <= 40 for line in shown.splitlines())
    assert "No job has succeeded in this run" in " ".join(words_of(shown))


async def test_the_values_of_a_long_choice_are_in_the_help(fake_server):
    shown = await in_terminal(fake_server.url, ["jobs", "list", "--help"], 80)
    assert "--status STATUS" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert {"uninitialized,", "canceled,"} <= set(words_of(shown))


async def test_an_interrupted_question_ends_its_line(fake_server, make):
    fake_server.answer("list_workflows", make.workflows(make.workflow(8, name="other"), make.workflow(7)))
    fake_server.answer("get_workflow_status", make.status(is_complete=True))
    # The end of the input is told like Ctrl-C, which needs a controlling terminal.
    shown = await in_terminal(fake_server.url, ["cancel"], 80, typed="\x04")
    assert "\nError: Interrupted.\n" in shown
