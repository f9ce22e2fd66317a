import pytest

from torc_runner.monitoring import node

STAT = "cpu  100 10 50 9000 40 0 20 5 30 1\ncpu0 1 2 3\n"
MEMINFO = "MemTotal:       8000 kB\nMemFree:        1000 kB\nMemAvailable:   6000 kB\nHugePages_Total: 0\n"


def test_the_machine_says_what_it_uses(tmp_path):
    (tmp_path / "stat").write_text(STAT)
    (tmp_path / "meminfo").write_text(MEMINFO)
    seen = node.look(tmp_path)
    assert seen.cpu_seconds * node._TICKS_A_SECOND == pytest.approx(185)
    assert (seen.memory_bytes, seen.total_bytes) == (2000 * 1024, 8000 * 1024)


def test_this_machine_can_be_looked_at():
    seen = node.look()
    assert 0 < seen.memory_bytes <= seen.total_bytes
    assert seen.cpu_seconds > 0


def test_a_machine_that_does_not_tell_is_an_error(tmp_path):
    with pytest.raises(OSError):
        node.look(tmp_path)
