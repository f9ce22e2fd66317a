"""torc workflows create: from a file to calls, and no call for an invalid spec."""

from pathlib import Path

import pytest

GOOD = """
name: pair
jobs:
  - name: first
    command: echo 1
  - name: second
    command: echo 2
    depends_on: [first]
"""
WRONG = GOOD.replace("[first]", "[frist]")


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("create_jobs", lambda call: {"jobs": [job | {"id": 1} for job in call.body["jobs"]]})
    return fake_server


@pytest.fixture(autouse=True)
def specs(nobodys_environment: Path):
    (nobodys_environment / "spec.yaml").write_text(GOOD)
    (nobodys_environment / "wrong.yaml").write_text(WRONG)


async def test_a_spec_becomes_a_workflow_of_the_caller(torc, server):
    ended = await torc("-f", "json", "workflows", "create", "spec.yaml")
    assert (ended.code, ended.json["workflow_id"], ended.json["job_count"]) == (0, 7, 2)
    assert server.calls_of("create_workflow")[0].body["user"] == "ada"


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
async def test_a_wrong_spec_creates_nothing(torc, server, flags):
    ended = await torc("workflows", "create", "wrong.yaml", *flags)
    assert (ended.code, ended.out) == (1, "")
    assert "wrong.yaml:8:18: jobs[1].depends_on[0]" in ended.err
    ended.told()
    assert server.calls == []


async def test_a_dry_run_prints_what_would_be_created(torc, server):
    ended = await torc("-f", "json", "workflows", "create", "spec.yaml", "--dry-run")
    assert (ended.code, ended.json["valid"], ended.json["summary"]["job_count"]) == (0, True, 2)
    assert "spec.yaml: valid" in (await torc("workflows", "create", "spec.yaml", "--dry-run")).out
    assert server.calls == []


async def test_a_dry_run_of_a_wrong_spec_in_json(torc, server):
    ended = await torc("-f", "json", "workflows", "create", "wrong.yaml", "--dry-run")
    assert (ended.code, ended.json["valid"]) == (1, False)


async def test_a_missing_file(torc, server):
    ended = await torc("workflows", "create", "none.yaml")
    assert ended.code == 1
    assert "none.yaml" in ended.err


async def test_a_dry_run_of_many_jobs_shows_the_first_names(torc, nobodys_environment):
    (nobodys_environment / "many.yaml").write_text(
        "name: many\njobs: [{name: 'job_{i:03d}', command: 'echo {i}', parameters: {i: '1:500'}}]\n"
    )
    shown = (await torc("create", "many.yaml", "--dry-run")).out
    assert "job_010 and 490 more" in " ".join(shown.replace("│", " ").split())
    assert "job_011" not in shown
    told = (await torc("-f", "json", "create", "many.yaml", "--dry-run")).json
    assert len(told["summary"]["job_names"]) == 500
