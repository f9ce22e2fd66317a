"""Measurements of the whole machine."""

import pytest

from torc_runner.monitoring import node

STAT = "cpu  100 10 50 9000 40 0 20 5 30 1\ncpu0 1 2 3\n"
MEMINFO = "MemTotal:       8000 kB\nMemFree:        1000 kB\nMemAvailable:   6000 kB\nHugePages_Total: 0\n"


def test_cpu_time_and_memory_are_read_from_proc(tmp_path):
    (tmp_path / "stat").write_text(STAT)
    (tmp_path / "meminfo").write_text(MEMINFO)
    measured = node.measure_node(tmp_path)
    assert measured.cpu_seconds * node._TICKS_A_SECOND == pytest.approx(185)
    assert (measured.memory_bytes, measured.total_bytes) == (2000 * 1024, 8000 * 1024)


def test_this_machine_can_be_measured():
    measured = node.measure_node()
    assert 0 < measured.memory_bytes <= measured.total_bytes
    assert measured.cpu_seconds > 0


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(OSError):
        node.measure_node(tmp_path)
