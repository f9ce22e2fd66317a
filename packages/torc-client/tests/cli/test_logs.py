"""torc logs bundle and torc logs analyze."""

import json
import tarfile

import pytest

import cli_wording


@pytest.fixture
def output(tmp_path):
    """Create the output of runners of workflows 7 and 77."""
    folder = tmp_path / "out"
    stdio = folder / "job_stdio"
    stdio.mkdir(parents=True)
    (folder / "job_runner_here_wf7_r1.log").write_text(
        "INFO Job started workflow_id=7 job_id=4\nWARNING Job out of memory workflow_id=7 job_id=4\n"
    )
    (stdio / "job_wf7_j4_r1_a1.e").write_text("fine\nMemoryError\nMemoryError\n")
    (stdio / "job_wf7_j5_r1_a1.e").write_bytes(b"\xff\xfe MemoryError " + b"x" * 300)
    (stdio / "job_wf77_j1_r1_a1.e").write_text("Segmentation fault\n")
    (folder / "notes.log").write_text("Segmentation fault\n")
    (folder / "resource_utilization").mkdir()
    (folder / "resource_utilization" / "resource_metrics_wf7_hhere_r1.db").write_bytes(b"MemoryError")
    (folder / "job_stdio" / "job_wf7_j6_r1_a1.o").symlink_to("/etc/passwd")
    return folder


def seen(report):
    return {each["pattern"]: (each["count"], each["job_ids"]) for each in report["patterns"]}


async def test_logs_are_looked_through_by_pattern_and_job(torc, output):
    ended = await torc("-f", "json", "logs", "analyze", str(output), "-w", "7")
    assert ended.code == 0
    assert seen(ended.json) == {"memory": (3, [4, 5]), "runner_memory": (1, [4])}
    assert (ended.json["files"], ended.json["errors"]) == (3, 4)
    first = ended.json["patterns"][0]["first"]
    assert first == {"file": "job_stdio/job_wf7_j4_r1_a1.e", "line": 2, "text": "MemoryError"}


async def test_the_logs_of_one_workflow_for_people(torc, output):
    ended = await torc("logs", "analyze", str(output), "-w", "77")
    assert "segfault" in ended.out
    ended.printed("of one workflow")
    (output / "job_stdio" / "job_wf77_j1_r1_a1.e").unlink()
    ended = await torc("logs", "analyze", str(output))
    ended.printed("of all workflows")
    assert "torc recover" in ended.out


async def test_without_a_folder_it_is_the_usual_one(torc, output, monkeypatch):
    output.rename(output.parent / "torc_output")
    monkeypatch.chdir(output.parent)
    assert "1 error" in (await torc("logs", "analyze", "-w", "77")).out


async def test_a_folder_of_several_workflows_or_of_none_is_an_error(torc, output, tmp_path):
    ended = await torc("logs", "analyze", str(output))
    assert (ended.code, ended.out) == (1, "")
    assert cli_wording.LOGS_OF_OTHERS in ended.err
    assert "--workflow-id" in ended.err
    (tmp_path / "empty").mkdir()
    for words in ([str(tmp_path / "empty")], [str(output), "-w", "8"]):
        ended = await torc("logs", "analyze", *words)
        assert (ended.code, ended.out) == (1, "")
        ended.told(words[-1][-5:])


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow_status", make.status())
    return fake_server


async def test_a_bundle_has_what_belongs_to_the_workflow_and_can_be_looked_through(torc, server, output, tmp_path):
    ended = await torc(
        "-f", "json", "logs", "bundle", "7", "-o", str(output), "--bundle-dir", str(tmp_path / "new" / "place")
    )
    assert ended.code == 0
    path = ended.json["bundle"]
    assert path == str(tmp_path / "new" / "place" / "wf7.tar.gz")
    with tarfile.open(path) as archive:
        assert sorted(archive.getnames()) == [
            "wf7/bundle_metadata.json", "wf7/job_runner_here_wf7_r1.log", "wf7/job_stdio/job_wf7_j4_r1_a1.e",
            "wf7/job_stdio/job_wf7_j5_r1_a1.e", "wf7/resource_utilization/resource_metrics_wf7_hhere_r1.db",
        ]  # fmt: skip
        told = json.load(archive.extractfile("wf7/bundle_metadata.json"))
    assert (told["workflow_name"], told["files"], told["status"]["total_jobs"]) == ("sweep", 4, 2)
    assert "Bundle info: workflow 7 (sweep)." in (await torc("logs", "analyze", path)).out
    looked = await torc("-f", "json", "logs", "analyze", path)
    assert seen(looked.json) == {"memory": (3, [4, 5]), "runner_memory": (1, [4])}


async def test_a_bundle_without_files_is_an_error(torc, server, output, tmp_path):
    for words in (("8", "-o", str(output)), ("7", "-o", str(tmp_path / "nowhere"))):
        ended = await torc("logs", "bundle", *words)
        assert ended.code == 1
        assert "--output-dir" in ended.err


async def test_an_invalid_source_is_an_error(torc, output):
    ended = await torc("logs", "analyze", str(output / "nothing"))
    assert ended.code == 1
    ended.told("missing")
    ended = await torc("logs", "analyze", str(output / "notes.log"))
    assert ended.code == 1
    ended.told("no bundle")
