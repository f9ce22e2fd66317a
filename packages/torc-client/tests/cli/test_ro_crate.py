"""The description of a workflow's data as an RO-Crate."""

import io
import json
from hashlib import sha256

import pytest

from torc_client.ro_crate.digests import HashMode, digest

PAGE = {"offset": 0, "max_limit": 10, "has_more": False}


def page(*items):
    return PAGE | {"items": list(items), "count": len(items), "total_count": len(items)}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7, timestamp="2026-01-01T00:00:00Z"))
    fake_server.answer("list_ro_crate_entities", page())
    fake_server.answer("create_ro_crate_entity", lambda call: call.body | {"id": 3})
    return fake_server


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "a.csv").write_text("1,2\n")
    (tmp_path / "data" / "deep" / "b.csv").write_text("3\n")
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data")
    return tmp_path / "data"


def test_the_checksum_of_a_folder_is_that_of_a_list_of_its_files(folder):
    (folder / "loop").unlink()
    lines = [(sha256(b"1,2\n"), "a.csv"), (sha256(b"3\n"), "deep/b.csv")]
    manifest = "".join(f"{each.hexdigest()}  {name}\n" for each, name in lines)
    assert digest(folder, HashMode.CONTENT, 2).sha256 == sha256(manifest.encode()).hexdigest()
    assert digest(folder, HashMode.MANIFEST).sha256 == sha256(b"4  a.csv\n2  deep/b.csv\n").hexdigest()
    assert digest(folder, HashMode.NONE).sha256 is None


def test_links_are_not_followed_and_what_changes_is_noticed(folder):
    before = digest(folder, HashMode.CONTENT)
    assert before.file_count == 3
    (folder / "a.csv").write_text("1,3\n")
    assert digest(folder, HashMode.CONTENT).sha256 != before.sha256


async def test_a_folder_is_described(torc, server, folder):
    ended = await torc(
        "-f", "json", "ro-crate", "add-dataset", "7", "--name", "Inputs", "--path", str(folder),
        "--metadata", '{"license": "CC0"}', "--description", "all of them",
    )  # fmt: skip
    assert ended.json["ro_crate_entity_id"] == 3
    body = server.calls_of("create_ro_crate_entity")[0].body
    assert (body["entity_type"], body["entity_id"]) == ("Dataset", f"{folder}/")
    said = body["metadata"]
    assert (said["name"], said["license"], said["fileCount"], said["hashMode"]) == ("Inputs", "CC0", 3, "manifest")
    assert said["sha256"] == ended.json["sha256"]


async def test_a_file_that_is_described_already_is_described_anew(torc, server, folder):
    old = {"id": 9, "workflow_id": 7, "entity_id": "x", "entity_type": "File", "metadata": {}}
    server.answer("list_ro_crate_entities", page(old))
    server.answer("update_ro_crate_entity", lambda call: call.body | {"id": 9})
    path = folder / "a.csv"
    ended = await torc(
        "-f", "json", "ro-crate", "add-dataset", "7", "--name", "a", "--path", str(path), "--hash-mode", "content"
    )
    assert (ended.json["ro_crate_entity_id"], ended.json["sha256"]) == (9, sha256(b"1,2\n").hexdigest())
    assert server.calls_of("list_ro_crate_entities")[0].query["entity_id"] == str(path)


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["--path", "nowhere"], 1, "no file"),
        (["--path", ".", "--metadata", "[1]"], 2, "no object"),
        (["--path", ".", "--metadata", "{"], 1, "no JSON"),
    ],
)
async def test_what_cannot_be_described(torc, server, arguments, code, error):
    ended = await torc("ro-crate", "add-dataset", "7", "--name", "a", *arguments)
    assert ended.code == code
    ended.told(error)
    assert server.calls_of("create_ro_crate_entity") == []


async def test_the_crate_is_json_ld(torc, server, tmp_path):
    entities = [
        {"id": 1, "workflow_id": 7, "entity_id": "in/", "entity_type": "Dataset", "metadata": {"name": "Inputs"}},
        {"id": 2, "workflow_id": 7, "entity_id": "#run", "entity_type": "CreateAction", "metadata": {"name": "Run"}},
        {"id": 3, "workflow_id": 7, "entity_id": "./", "entity_type": "Dataset", "metadata": {"license": "CC0"}},
    ]
    server.answer("list_ro_crate_entities", page(*entities))
    crate = json.loads((await torc("ro-crate", "export", "7", "-o", "-")).out)
    nodes = {node["@id"]: node for node in crate["@graph"]}
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert nodes["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert nodes["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert nodes["./"]["hasPart"] == [{"@id": "in/"}]
    assert (nodes["./"]["name"], nodes["./"]["license"]) == ("sweep", "CC0")
    assert nodes["#run"] == {"@id": "#run", "@type": "CreateAction", "name": "Run"}
    assert nodes["#ada"]["@type"] == "Person"
    path = tmp_path / "crate.json"
    ended = await torc("-f", "json", "ro-crate", "export", "7", "--output", str(path))
    assert ended.json["entity_count"] == 3
    assert json.loads(path.read_text()) == crate
    assert (await torc("ro-crate", "export", "7", "-o", str(path / "x"))).code == 1


async def test_types_of_prov_need_its_context(torc, server):
    known = {"id": 1, "workflow_id": 7, "entity_id": "#server", "entity_type": "SoftwareApplication"}
    types = ["SoftwareApplication", "prov:SoftwareAgent"]
    server.answer("list_ro_crate_entities", page(known | {"metadata": {"@type": types}}))
    crate = json.loads((await torc("ro-crate", "export", "7")).out)
    assert crate["@context"][1] == {"prov": "http://www.w3.org/ns/prov#"}
    assert crate["@graph"][-1] == {"@id": "#server", "@type": types}


async def test_without_a_file_the_crate_is_printed(torc, server, nobodys_environment):
    ended = await torc("ro-crate", "export", "7")
    assert json.loads(ended.out)["@graph"]
    assert list(nobodys_environment.glob("*.json")) == []


async def test_a_dataset_names_the_jobs_that_made_it(torc, server, make, folder):
    known = {"id": 4, "workflow_id": 7, "entity_id": "#job-2-attempt-3", "entity_type": "CreateAction"}
    action = known | {"metadata": {"name": "mine", "result": {"@id": "other/"}}}
    server.answer(
        "list_ro_crate_entities",
        lambda call: page(*([action] if call.query["entity_id"] == known["entity_id"] else [])),
    )
    server.answer("update_ro_crate_entity", lambda call: call.body | {"id": 4})
    server.answer("get_job", lambda call: make.job(call.path["id"], attempt_id=call.path["id"] + 1))
    flags = ["--name", "Out", "--path", str(folder), "-j", "1", "--job-id", "2", "-j", "1"]
    assert (await torc("ro-crate", "add-dataset", "7", *flags)).code == 0
    dataset, first = (call.body for call in server.calls_of("create_ro_crate_entity"))
    (second,) = (call.body for call in server.calls_of("update_ro_crate_entity"))
    ids = [{"@id": "#job-1-attempt-2"}, {"@id": "#job-2-attempt-3"}]
    assert dataset["metadata"]["prov:wasGeneratedBy"] == ids
    assert (first["entity_id"], first["entity_type"]) == ("#job-1-attempt-2", "CreateAction")
    assert first["metadata"] == {"name": "job1", "result": [{"@id": f"{folder}/"}]}
    assert second["metadata"] == {"name": "mine", "result": [{"@id": "other/"}, {"@id": f"{folder}/"}]}
    server.answer("list_ro_crate_entities", page(dataset, first))
    assert {"prov": "http://www.w3.org/ns/prov#"} in json.loads((await torc("ro-crate", "export", "7")).out)["@context"]


async def test_a_job_of_another_workflow_made_nothing_here(torc, server, make, folder):
    server.answer("get_job", make.job(5, workflow_id=8))
    ended = await torc("ro-crate", "add-dataset", "7", "--name", "Out", "--path", str(folder), "-j", "5")
    assert ended.code == 1
    ended.told()
    assert server.calls_of("create_ro_crate_entity") == []


@pytest.mark.parametrize(
    "words",
    [
        ["add-dataset", "7", "--name", "a", "--path", "."],
        ["create", "7", "--entity-id", "x", "--entity-type", "File"],
    ],
)
async def test_metadata_comes_from_stdin(torc, server, monkeypatch, words):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"license": "CC0"}')))
    assert (await torc("ro-crate", *words, "--metadata", "-")).code == 0
    assert server.calls_of("create_ro_crate_entity")[0].body["metadata"]["license"] == "CC0"
