"""torc spec: files checked and converted, and the schema, without a server."""

import io
import json
import sys
from pathlib import Path

import pytest

GOOD = "name: w\njobs:\n  - name: a_{i}\n    command: echo {i}\n    parameters: {i: '1:3'}\n"
WRONG = "name: w\njobs:\n  - name: a\n    comand: true\n  - name: b\n    command: x\n    depends_on: [c]\nfoo: 1\n"


@pytest.fixture(autouse=True)
def specs(nobodys_environment: Path):
    (nobodys_environment / "good.yaml").write_text(GOOD)
    (nobodys_environment / "wrong.yaml").write_text(WRONG)
    return nobodys_environment


async def test_a_sound_spec(torc):
    ended = await torc("spec", "check", "good.yaml")
    assert (ended.code, ended.out) == (0, "good.yaml: valid, 3 jobs and 0 files\n")
    assert (await torc("-f", "json", "spec", "check", "good.yaml")).json == []


async def test_all_problems_are_reported_with_their_positions(torc):
    ended = await torc("spec", "check", "wrong.yaml")
    assert ended.code == 1
    places = [line.split(" ")[0] for line in ended.out.splitlines()]
    assert places == ["wrong.yaml:4:5:", "wrong.yaml:7:18:", "wrong.yaml:8:1:"]
    assert "did you mean 'command'?" in ended.out


async def test_all_that_is_wrong_in_json(torc):
    ended = await torc("-f", "json", "spec", "check", "wrong.yaml")
    assert ended.code == 1
    assert [(each["line"], each["column"]) for each in ended.json] == [(4, 5), (7, 18), (8, 1)]
    assert ended.json[0]["fix"] == "did you mean 'command'?"


async def test_a_dry_run_prints_the_same(torc):
    ended = await torc("workflows", "create", "--dry-run", "wrong.yaml")
    assert (ended.code, ended.out) == (1, "")
    for position in ("4:5", "7:18", "8:1"):
        assert f"wrong.yaml:{position}: " in ended.err


@pytest.mark.parametrize("ending", ["json", "json5", "kdl", "yaml"])
async def test_a_spec_goes_through_every_format_and_back(torc, specs, ending):
    ended = await torc("spec", "convert", "good.yaml", f"other.{ending}")
    assert (ended.code, ended.out) == (0, f"Wrote other.{ending}. Comments were not converted.\n")
    assert (await torc("spec", "check", f"other.{ending}")).out == f"other.{ending}: valid, 3 jobs and 0 files\n"
    back = await torc("spec", "convert", f"other.{ending}", "-", "--to", "json")
    assert json.loads(back.out)["jobs"] == [{"name": "a_{i}", "command": "echo {i}", "parameters": {"i": "1:3"}}]


async def test_nothing_is_overwritten_without_force(torc, specs):
    (specs / "there.json").write_text("precious")
    refused = await torc("spec", "convert", "good.yaml", "there.json")
    assert (refused.code, (specs / "there.json").read_text()) == (1, "precious")
    assert "--force" in refused.err
    assert (await torc("spec", "convert", "good.yaml", "there.json", "--force")).code == 0
    assert json.loads((specs / "there.json").read_text())["name"] == "w"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["good.yaml", "x.txt"], "no format of the name"),
        (["good.yaml", "x", "--to", "toml"], "no such format"),
        (["wrong.yaml", "x.kdl"], "wrong spec"),
        (["good.yaml", "good.yaml/x.kdl"], "not written"),
        (["gone.yaml", "x.kdl"], "not read"),
    ],
)
async def test_what_cannot_be_converted(torc, specs, words, error):
    ended = await torc("spec", "convert", *words)
    assert (ended.code, ended.out) == (1, "")
    ended.told(error)
    assert sorted(path.name for path in specs.glob("x*")) == []


async def test_standard_input_of_any_format(torc, monkeypatch):
    for text in (GOOD, 'name "w"\njob "a" { command "true" }\n', "{name: 'w', jobs: [{name: 'a', command: 'b'}]}"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert (await torc("spec", "check", "-")).out.startswith("standard input: valid")


async def test_the_schema_is_json(torc):
    found = json.loads((await torc("spec", "schema")).out)
    assert found["required"] == ["name", "jobs"]
    assert found == (await torc("-f", "json", "spec", "schema")).json
