"""torc logs show and tail on a machine without the files: the requests to the server and the output."""

import base64
import json
import socket

import pytest

from torc_client.testing import Refusal

NODE = {
    "id": 9, "workflow_id": 7, "hostname": "far", "pid": 1, "start_time": "2026-01-01T00:00:00Z", "num_cpus": 1,
    "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local", "output_dir": "/there",
}  # fmt: skip


class Runner:
    """The output of a job, as its runner sends it. A file grows by the next part when its end is read."""

    def __init__(self, server, make) -> None:
        self.files = {}
        self.is_both = False
        self.calls = []
        server.answer("get_job", make.job(1, status="running", compute_node_id=9, attempt_id=2))
        server.answer("get_compute_node", NODE)
        server.answer("get_workflow_status", make.status())
        server.answer("get_job_output", self.give)
        server.answer("list_results", lambda _: self.ended)
        self.ended = {"items": [], "count": 0, "total_count": 0, "offset": 0, "max_limit": 10, "has_more": False}

    def prints(self, stream, *parts) -> None:
        self.files[stream] = (b"", [part.encode() for part in parts])

    def give(self, call):
        asked = call.query
        self.calls.append(asked)
        stream = "stdout" if self.is_both else asked["stream"]
        if stream not in self.files:
            return Refusal(404, "The runner has no such output.")
        content, parts = self.files[stream]
        if not content or (asked["wait_seconds"] and asked["offset_bytes"] >= len(content)):
            content += parts.pop(0) if parts else b""
            self.files[stream] = (content, parts)
        start = max(0, asked["offset_bytes"] + (len(content) if asked["offset_bytes"] < 0 else 0))
        piece = content[start : start + asked["limit_bytes"]]
        return {
            "job_id": 1, "run_id": 4, "attempt_id": 2, "stream": asked["stream"], "is_both": self.is_both,
            "hostname": "far", "path": f"/there/{stream}", "offset_bytes": start, "size_bytes": len(content),
            "content": base64.b64encode(piece).decode(), "is_over": not parts and start + len(piece) == len(content),
        }  # fmt: skip


@pytest.fixture
def runner(fake_server, make):
    return Runner(fake_server, make)


async def test_all_is_shown_with_where_it_is(torc, runner):
    runner.prints("stdout", "hello\n", "not yet\n")
    runner.prints("stderr", "oh\n")
    ended = await torc("logs", "show", "1")
    assert (ended.code, ended.out) == (0, "hello\noh\n")
    assert ended.err.splitlines() == [
        "==> stdout: far:/there/stdout (through the server) <==",
        "==> stderr: far:/there/stderr (through the server) <==",
    ]
    ended = await torc("-f", "json", "logs", "show", "1", "--stream", "stderr")
    assert ended.json == {
        "job_id": 1, "run_id": 4, "attempt_id": 2,
        "output": [{"stream": "stderr", "path": "far:/there/stderr", "text": "oh\n"}],
    }  # fmt: skip


async def test_long_output_comes_in_pieces_that_cut_no_character(torc, runner):
    text = "€" * 200_000 + "\n"
    runner.prints("stdout", text)
    ended = await torc("logs", "show", "1")
    assert ended.out == text
    assert max(each["limit_bytes"] for each in runner.calls) == 256 * 1024


async def test_one_file_for_both_is_shown_once(torc, runner):
    runner.is_both = True
    runner.prints("stdout", "a\nb\n")
    for words in (("show", "1"), ("tail", "1"), ("show", "1", "--stream", "stderr")):
        ended = await torc("logs", *words)
        assert ended.out == "a\nb\n"
        assert ended.err.startswith("==> stdout and stderr: far:")


async def test_a_tail_begins_with_the_last_lines_and_ends_with_the_job(torc, runner):
    runner.prints("stdout", "1\n2\n3\n4\n", "5\n", "6\n")
    ended = await torc("logs", "tail", "1", "-n", "2")
    assert ended.out == "3\n4\n5\n6\n"
    assert {each.get("attempt_id") for each in runner.calls[1:]} == {2}
    runner.prints("stdout", "1\n2\n", "3\n")
    ended = await torc("-f", "json", "logs", "tail", "1", "-n", "1", "--no-follow")
    assert json.loads(ended.out) == {"stream": "stdout", "path": "far:/there/stdout", "text": "2\n"}
    ended = await torc("logs", "tail", "1", "-n", "0", "--no-follow")
    assert ended.out == ""


async def test_the_error_explains_why_neither_way_works(torc, runner, fake_server):
    for words in (("show", "1"), ("tail", "1")):
        ended = await torc("logs", *words)
        assert (ended.code, ended.out) == (1, "")
        ended.told("no output")
    fake_server.answer("get_job_output", Refusal(409, "No runner answers."))
    ended = await torc("logs", "show", "1")
    ended.told("no runner")


async def test_a_folder_that_was_named_is_the_only_place(torc, runner, tmp_path):
    runner.prints("stdout", "hello\n")
    ended = await torc("logs", "show", "1", "-o", str(tmp_path))
    assert (ended.code, ended.out, runner.calls) == (1, "", [])


async def test_a_job_that_never_ran_has_no_output(torc, fake_server, make):
    fake_server.answer(
        "list_results", {"items": [], "offset": 0, "max_limit": 100, "count": 0, "total_count": 0, "has_more": False}
    )
    for status, said in (("blocked", "has not run yet (it is blocked)"), ("canceled", "was canceled before it ran")):
        fake_server.answer("get_job", make.job(1, status=status))
        ended = await torc("logs", "show", "1")
        assert (ended.code, ended.out) == (1, "")
        assert said in ended.err


async def test_files_that_were_deleted_here_are_requested_from_no_runner(torc, runner, fake_server, tmp_path):
    gone = {"is_active": False, "hostname": socket.gethostname(), "output_dir": str(tmp_path / "gone")}
    fake_server.answer("get_compute_node", NODE | gone)
    for words in (("show", "1"), ("tail", "1", "--no-follow")):
        ended = await torc("logs", *words)
        assert (ended.code, ended.out) == (1, "")
        assert f"{tmp_path / 'gone'} or " in ended.err
        assert "--output-dir" in ended.err
    assert not runner.calls
