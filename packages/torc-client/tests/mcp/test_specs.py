"""Assistants check, explain, save and create specs."""

import json
from pathlib import Path

import pytest
from mcp_types import ElicitResult

from mcp_calls import answer, refusal
from torc_client.mcp.answers import MOST_BYTES

SPEC = {
    "name": "sweep",
    "resource_requirements": [{"name": "small", "num_cpus": 2, "memory": "1g", "runtime": "PT10M"}],
    "files": [{"name": "raw", "path": "raw.csv"}, {"name": "out_{i}", "path": "{i}.txt", "parameters": {"i": "1:20"}}],
    "jobs": [
        {
            "name": "work_{i}",
            "command": "work {i} ${files.input.raw} > ${files.output.out_{i}}",
            "parameters": {"i": "1:20"},
            "resource_requirements": "small",
        },
        {"name": "total", "command": "cat *.txt", "input_file_regexes": ["^out_"]},
    ],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_a_valid_spec(assistant):
    client = await assistant()
    found = await answer(client, "validate_spec", spec=SPEC)
    assert (found["valid"], found["num_jobs"], found["num_files"], found["problems"]) == (True, 21, 21, [])
    assert (await answer(client, "validate_spec", spec=json.dumps(SPEC)))["valid"]


async def test_all_problems_with_place_line_and_remedy(assistant):
    client = await assistant()
    text = "name: x\njobs:\n  - {name: a, command: 'true', depend_on: [b]}\n  - {name: c, comand: 'true'}\n"
    found = await answer(client, "validate_spec", spec=text)
    assert not found["valid"]
    first = found["problems"][0]
    assert (first["code"], first["line"], "depends_on" in first["fix"]) == ("SPEC012", 3, True)
    assert {each["place"] for each in found["problems"]} >= {"jobs[0].depend_on", "jobs[1].comand"}


async def test_many_problems_are_counted(assistant):
    client = await assistant()
    jobs = [{"name": f"j{i}", "command": "true", "wrong": "x" * 400} for i in range(500)]
    found = await answer(client, "validate_spec", spec={"name": "x", "jobs": jobs})
    assert found["num_problems"] == 500
    assert 0 < len(found["problems"]) <= 50


async def test_an_explanation_has_groups_order_and_files(assistant):
    client = await assistant()
    found = await answer(client, "explain_spec", spec=SPEC)
    groups = {each["group"]: each for each in found["groups"]}
    assert groups["work_#"]["num_jobs"] == 20
    assert groups["work_#"]["command"] == "work 1 raw.csv > 1.txt"
    assert groups["total"]["waits_for"] == ["work_#"]
    assert found["stages"] == [20, 1]
    assert found["files_needed_before"] == ["raw.csv"]
    assert {each["name"]: each["num_jobs"] for each in found["requirements"]} == {"small": 20, "default": 1}
    assert "validate_spec" in await refusal(client, "explain_spec", spec={"name": "x"})


async def test_a_hundred_thousand_jobs_are_explained_in_one_answer(assistant):
    client = await assistant()
    spec = {
        "name": "large",
        "jobs": [
            {"name": "work_{i}", "command": "echo {i}", "parameters": {"i": "1:100000"}},
            {"name": "end", "command": "true", "depends_on_regexes": ["^work_"]},
        ],
    }
    found = await answer(client, "explain_spec", spec=spec)
    assert (found["num_jobs"], found["stages"], len(found["groups"])) == (100_001, [100_000, 1], 2)


async def test_specs_are_saved_once_and_only_below_the_folders(assistant, folder: Path):
    client = await assistant()
    saved = await answer(client, "save_spec_file", spec=SPEC, path="specs/sweep.yaml")
    assert saved["path"] == str(folder / "specs/sweep.yaml")
    assert (await answer(client, "validate_spec", path="specs/sweep.yaml"))["num_jobs"] == 21
    assert "not overwritten" in await refusal(client, "save_spec_file", spec=SPEC, path="specs/sweep.yaml")
    (folder / "link").symlink_to("/tmp")  # noqa: S108 - nothing is written there
    (folder / "dangling.yaml").symlink_to(folder / "elsewhere.yaml")
    for path in ("../x.yaml", "/tmp/x.yaml", "link/x.yaml", "a\0b.yaml"):  # noqa: S108 - refused
        message = await refusal(client, "save_spec_file", spec=SPEC, path=path)
        assert "outside" in message or "valid path" in message
    await answer(client, "save_spec_file", spec=SPEC, path="other.kdl")
    assert (folder / "other.kdl").read_text().startswith("name ")
    assert "suffix" in await refusal(client, "save_spec_file", spec=SPEC, path=".bashrc")
    assert "invalid" in await refusal(client, "save_spec_file", spec={"name": "x"}, path="x.yaml")


async def test_text_is_saved_as_it_was_written(assistant, folder: Path):
    client = await assistant()
    text = "# my comment\nname: x\njobs: [{name: a, command: 'true'}]\n"
    await answer(client, "save_spec_file", spec=text, path="x.yaml")
    assert (folder / "x.yaml").read_text() == text


async def test_a_spec_reads_only_files_below_the_folders(assistant, folder: Path, tmp_path_factory):
    secret = tmp_path_factory.mktemp("other") / "secret.txt"
    secret.write_text("hunter2\n")
    (folder / "values.txt").write_text("a\nb\n")
    client = await assistant()

    def reading(name):
        return {"name": "x", "jobs": [{"name": "j_{v}", "command": "echo {v}", "parameters": {"v": f"@{name}"}}]}

    assert (await answer(client, "validate_spec", spec=reading("values.txt")))["num_jobs"] == 2
    found = await answer(client, "validate_spec", spec=reading(secret))
    assert (found["valid"], "outside" in found["problems"][0]["reason"]) == (False, True)
    assert "hunter2" not in json.dumps(found)
    hidden = reading(secret) | {"variables": {"where": str(secret)}}
    hidden["jobs"][0]["parameters"]["v"] = "@{where}"
    assert "hunter2" not in json.dumps(await answer(client, "validate_spec", spec=hidden))
    assert "hunter2" not in json.dumps(await answer(client, "explain_spec", spec=SPEC))


async def test_a_pattern_finds_only_files_below_the_folders(assistant, folder: Path, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "hunter2.csv").touch()
    (folder / "a.csv").touch()
    client = await assistant()

    def matching(pattern):
        job = {"name": "j_{v:stem}", "command": "wc {v:q}", "parameters": {"v": f"glob:{pattern}"}}
        return {"name": "x", "jobs": [job]}

    found = await answer(client, "validate_spec", spec=matching(folder / "*.csv"))
    assert found.get("job_names") == ["j_a"], found["problems"]
    for pattern in (f"{other}/*", f"{folder}/../{other.name}/*", f"{other}/hunter2.csv"):
        found = await answer(client, "validate_spec", spec=matching(pattern))
        assert [each["code"] for each in found["problems"]] == ["SPEC069"]
        assert "j_hunter2" not in json.dumps(found)
    missing = await answer(client, "validate_spec", spec=matching(folder / "*.tsv"))
    assert str(folder) in missing["problems"][0]["reason"]


async def test_a_workflow_is_checked_and_created(assistant, fake_server, make):
    fake_server.answer("create_workflow", make.workflow(7))
    client = await assistant()
    checked = await answer(client, "create_workflow", spec_json=SPEC, action="validate")
    assert (checked["done"], checked["num_jobs"], checked.get("workflow_id")) == (True, 21, None)
    assert not [call for call in fake_server.calls if call.operation == "create_workflow"]
    invalid = await answer(client, "create_workflow", spec_json={"name": "x"})
    assert (invalid["done"], bool(invalid["problems"])) == (False, True)


async def test_slurm_asks_for_the_account_and_adds_schedulers(assistant, folder: Path):
    client = await assistant()
    asked = await answer(
        client, "create_workflow", spec_json=SPEC, action="validate", workflow_type="slurm", hpc_profile="kestrel"
    )
    assert (asked["done"], asked["missing"]) == (False, "account")
    made = await answer(
        client, "create_workflow", spec_json=SPEC, action="save_spec_file", workflow_type="slurm", account="abc",
        hpc_profile="kestrel", output_path="slurm.yaml",
    )  # fmt: skip
    assert made["schedulers"]
    assert "account: abc" in (folder / "slurm.yaml").read_text()
    again = await answer(
        client, "create_workflow", spec_json=(folder / "slurm.yaml").read_text(), action="validate",
        workflow_type="slurm", hpc_profile="kestrel",
    )  # fmt: skip
    assert "kept" in again["notes"][0]


async def test_a_client_that_can_ask_the_user_asks_for_the_account(assistant):
    asked = []

    async def answers(context, params):
        asked.append(params.message)
        return ElicitResult(action="accept", content={"account": "fromuser"})

    client = await assistant(answers=answers)
    made = await answer(
        client, "create_workflow", spec_json=SPEC, action="validate", workflow_type="slurm", hpc_profile="kestrel"
    )
    assert (made["done"], len(asked), "account" in asked[0]) == (True, 1, True)
    assert "fromuser" in made["notes"][-1]
    await answer(client, "create_workflow", spec_json=SPEC, action="validate")
    assert len(asked) == 1


async def test_nothing_is_saved_or_created_with_read_only(assistant):
    client = await assistant(read_only=True)
    names = {tool.name for tool in (await client.list_tools()).tools}
    assert {"validate_spec", "explain_spec", "search_docs"} <= names
    assert not {"create_workflow", "save_spec_file"} & names
    assert "--read-only" in await refusal(client, "save_spec_file", spec=SPEC, path="x.yaml")


async def test_answers_of_hostile_specs_are_limited(assistant):
    client = await assistant()
    jobs = [
        {"name": f"{'n' * 150}{chr(97 + i // 26)}{chr(97 + i % 26)}", "command": "\x1b[2J" + "x" * 5000}
        for i in range(300)
    ]
    found = await answer(client, "explain_spec", spec={"name": "x", "jobs": jobs})
    assert "\x1b" not in json.dumps(found, ensure_ascii=False)
    assert len(json.dumps(found, ensure_ascii=False).encode()) <= MOST_BYTES * 1.1
