"""Limits of control groups of both versions, with fake files."""

import pytest

from torc_runner.detect.machine import detect, usable_cpus, usable_memory_bytes


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("own_groups", "files", "expected"),
    [
        ("", {}, 8),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n"}, 8),
        ("0::/a/b\n", {"a/b/cpu.max": "350000 100000\n"}, 3),
        ("0::/a/b\n", {"a/b/cpu.max": "350000 100000\n", "a/cpu.max": "200000 100000\n"}, 2),
        ("0::/a/b\n", {"a/b/cpu.max": "10000 100000\n"}, 1),
        ("0::/outside/of/the/mount\n", {"cpu.max": "200000 100000\n"}, 2),
        ("0::/a\n", {"a/cpu.max": "1600000 100000\n"}, 8),
        ("0::/a\n", {"a/cpu.max": "garbage\n"}, 8),
        (
            "4:cpu,cpuacct:/j\n",
            {"cpu,cpuacct/j/cpu.cfs_quota_us": "400000\n", "cpu,cpuacct/j/cpu.cfs_period_us": "100000\n"},
            4,
        ),
        ("4:cpu,cpuacct:/j\n", {"cpu/j/cpu.cfs_quota_us": "-1\n", "cpu/j/cpu.cfs_period_us": "100000\n"}, 8),
        ("4:memory:/j\n", {"memory/j/cpu.cfs_quota_us": "100000\n", "memory/j/cpu.cfs_period_us": "100000\n"}, 8),
    ],
)
def test_cpus(tmp_path, own_groups, files, expected):
    write(tmp_path, files)
    assert usable_cpus(8, tmp_path, own_groups) == expected


@pytest.mark.parametrize(
    ("own_groups", "files", "expected"),
    [
        ("", {}, 1000),
        ("0::/a/b\n", {"a/b/memory.max": "max\n", "a/memory.max": "600\n"}, 600),
        ("0::/a\n", {"a/memory.max": "5000\n"}, 1000),
        ("0::/a\n", {"a/memory.max": "900\n", "a/memory.high": "800\n"}, 800),
        ("9:memory:/slurm/j1\n", {"memory/slurm/memory.limit_in_bytes": "700\n"}, 700),
        ("9:memory:/j\n", {"memory/j/memory.limit_in_bytes": "9223372036854771712\n"}, 1000),
    ],
)
def test_memory(tmp_path, own_groups, files, expected):
    write(tmp_path, files)
    assert usable_memory_bytes(1000, tmp_path, own_groups) == expected


def test_this_machine_has_cpus_and_memory():
    found = detect()
    assert found.num_cpus >= 1
    assert found.memory_bytes > 0
