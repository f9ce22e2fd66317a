"""What the workloads and peers declare fits together, and the small programs run."""

import ast
import importlib
from pathlib import Path

import pytest
from benchmarks.__main__ import sizes_of
from benchmarks.limits.commits import commits_a_second
from benchmarks.limits.empty_handler import empty_handler
from benchmarks.limits.spawn import spawn_seconds
from benchmarks.measure import NotMeasured, Workload
from benchmarks.peers import PEERS
from benchmarks.peers.environment import PythonPeer
from benchmarks.peers.gnu_parallel import GnuParallel
from benchmarks.simulated import requests_a_second
from benchmarks.workloads import WORKLOADS

BENCHMARKS = Path(importlib.import_module("benchmarks").__file__ or "").parent


def named(workload: Workload) -> str:
    return workload.name


def test_names_are_their_own():
    assert len({workload.name for workload in WORKLOADS}) == len(WORKLOADS)
    assert len({peer.name for peer in PEERS}) == len(PEERS)


def test_each_module_holds_the_workload_of_its_name():
    modules = {path.stem for path in (BENCHMARKS / "workloads").glob("*.py")} - {"__init__"}
    assert modules == {workload.name for workload in WORKLOADS}


@pytest.mark.parametrize("workload", WORKLOADS, ids=named)
def test_the_quick_set_has_the_sizes_of_the_full_one(workload: Workload):
    if workload.quick is not None:
        assert set(workload.quick) == set(workload.full)
        assert all(workload.quick[name] <= size for name, size in workload.full.items())


@pytest.mark.parametrize("workload", WORKLOADS, ids=named)
def test_each_row_reads_what_its_module_measures(workload: Workload):
    source = (BENCHMARKS / "workloads" / f"{workload.name}.py").read_text()
    texts = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    for row in workload.rows:
        for name in (row.value, row.per):
            # f"{name} jobs/s", f"large {call}", the pages of the route table
            is_composed = workload.name in {"peers", "scale", "dashboard", "tui", "mcp"}
            assert name is None or is_composed or name in texts


def test_sizes_can_be_changed_by_name():
    [chain] = [workload for workload in WORKLOADS if workload.name == "chain"]
    assert sizes_of(chain, is_full=True, changes=["chain.jobs=7", "batches.jobs=9"]) == {"jobs": 7}
    assert sizes_of(chain, is_full=False, changes=[]) == chain.quick
    with pytest.raises(SystemExit, match="chain has the sizes jobs"):
        sizes_of(chain, is_full=True, changes=["chain.job=7"])


@pytest.mark.parametrize("peer", [peer for peer in PEERS if isinstance(peer, PythonPeer)], ids=lambda peer: peer.name)
def test_each_peer_is_pinned_and_has_its_program(peer: PythonPeer):
    assert all("==" in requirement for requirement in peer.requirements)
    ast.parse((BENCHMARKS / "peers" / "programs" / peer.program).read_text())


def test_every_program_belongs_to_a_peer():
    programs = {path.name for path in (BENCHMARKS / "peers" / "programs").glob("*.py")}
    assert programs == {peer.program for peer in PEERS if isinstance(peer, PythonPeer)}


def test_a_peer_that_is_not_installed_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotMeasured, match="apt-get install parallel"):
        GnuParallel("GNU parallel", 2).seconds(tmp_path, tmp_path, 1, 1)


@pytest.mark.parametrize("at_once", [1, 3])
def test_the_bare_loop_keeps_two_files_a_job(tmp_path, at_once):
    assert spawn_seconds(tmp_path, tmp_path / "files", 7, at_once) > 0
    assert len(list((tmp_path / "files").iterdir())) == 14


def test_without_a_compiler_the_bare_loop_is_not_measured(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotMeasured, match="install gcc"):
        spawn_seconds(tmp_path, tmp_path / "files", 1, 1)


def test_commits_are_counted(tmp_path):
    assert commits_a_second(tmp_path, 3) > 0


async def test_the_empty_handler_answers_anything(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(BENCHMARKS.parent))
    with empty_handler(100) as port:
        assert await requests_a_second(port, clients=2, requests=12) > 0
