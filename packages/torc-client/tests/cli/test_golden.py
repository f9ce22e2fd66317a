"""Output of commands, compared with files: piped, and in terminals of 60 and 200 columns.

`TORC_WRITE_GOLDEN=1 pytest packages/torc-client/tests/cli/test_golden.py` writes them again; read the difference.
"""

import asyncio
from pathlib import Path

import pytest

from program_in_terminal import PROGRAM, in_terminal, surroundings
from support.golden import assert_golden
from torc_client.api.enums import JobStatus

FOLDER = Path(__file__).with_name("golden")
COMMANDS = {
    "jobs-help": ["jobs", "--help"],
    "skills-help": ["skills", "install", "--help"],
    "jobs-list": ["jobs", "list", "7"],
    "jobs-list-csv": ["-f", "csv", "jobs", "list", "7"],
    "jobs-list-json": ["-f", "json", "jobs", "list", "7"],
    "jobs-get": ["jobs", "get", "1"],
    "results-list": ["results", "list", "7"],
    "files-list-empty": ["files", "list", "7"],
    "status": ["workflows", "status", "7"],
    "refused": ["jobs", "get", "3"],
    "misspelt": ["jobs", "lst"],
}


@pytest.fixture
def server(fake_server, make):
    long = "python simulate.py --member 2 --scenario high --output results/member-2.csv --threads 8 --verbose"
    jobs = [
        make.job(1, status=JobStatus.COMPLETED, priority=5, compute_node_id=3),
        make.job(2, name="simulate_member_2", command=long, status=JobStatus.RUNNING, compute_node_id=3),
        make.job(3, name="größe", status=JobStatus.FAILED),
        make.job(4, status=JobStatus.BLOCKED),
    ]
    empty = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}
    results = [
        make.result(1, job_name="job1", peak_memory_bytes=3 * 2**30),
        make.result(2, job_id=3, job_name="größe", return_code=137, status=JobStatus.FAILED, exec_time_minutes=90.0),
    ]
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status(run_id=None))
    fake_server.answer("list_jobs", make.jobs(jobs))
    fake_server.answer("get_job", lambda call: jobs[0] if call.path["id"] == 1 else make_refusal())
    fake_server.answer("list_results", empty | {"items": results, "count": 2, "total_count": 2})
    fake_server.answer("list_files", empty)
    return fake_server


def make_refusal():
    from torc_client.testing import Refusal  # noqa: PLC0415 - only here

    return Refusal(404, "There is no job 3.")


async def piped(url: str, arguments: list[str]) -> str:
    """Return both streams, one after the other, as a script gets them."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *arguments, env=surroundings(url), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return f"{out.decode()}--- stderr\n{err.decode()}--- exit code {process.returncode}\n"


def compare(name: str, text: str, url: str) -> None:
    assert_golden(FOLDER / name, text.replace(url, "URL"))


@pytest.mark.parametrize("name", COMMANDS)
async def test_piped(server, name):
    text = await piped(server.url, COMMANDS[name])
    assert "\x1b" not in text, "no colours without a terminal"
    compare(f"{name}.piped.txt", text, server.url)


@pytest.mark.parametrize("columns", [60, 200])
@pytest.mark.parametrize("name", COMMANDS)
async def test_in_a_terminal(server, name, columns):
    text = await in_terminal(server.url, COMMANDS[name], columns)
    compare(f"{name}.{columns}.txt", text, server.url)


async def test_a_person_picks_a_workflow_and_one_of_its_jobs(server, make):
    server.answer("list_workflows", make.workflows(make.workflow(8, name="newer"), make.workflow(7)))
    text = await in_terminal(server.url, ["jobs", "get"], 80, typed="7\n1\n")
    assert server.calls_of("list_jobs")[0].query["workflow_id"] == 7
    # Text that is typed ahead is echoed immediately, so its position is not significant.
    compare("picked.80.txt", "\n".join(line for line in text.splitlines() if line not in {"7", "1"}) + "\n", server.url)


async def test_no_colours_with_no_color(server):
    coloured = await in_terminal(server.url, COMMANDS["jobs-list"], 120)
    plain = await in_terminal(server.url, COMMANDS["jobs-list"], 120, NO_COLOR="1")
    assert "<ESC>[32m" in coloured
    assert "<ESC>[3" not in plain


async def test_a_person_sees_how_far_a_creation_is_and_a_pipe_does_not(server, make, tmp_path):
    server.answer("create_workflow", make.workflow(7))
    server.answer("finish_creation", make.workflow(7))
    server.answer("create_jobs", lambda call: {"jobs": [job | {"id": 1} for job in call.body["jobs"]]})
    spec = tmp_path / "spec.json"
    spec.write_text('{"name": "pair", "jobs": [{"name": "a", "command": "x"}, {"name": "b", "command": "x"}]}')
    seen = await in_terminal(server.url, ["create", str(spec)], 100)
    assert "Creating pair" in seen
    assert "2/2" in seen
    assert "Creating" not in await piped(server.url, ["create", str(spec)])
