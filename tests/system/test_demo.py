"""`make demo` in the active environment: two runs at once, and an interrupted run."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.processes import Output, Place, ended_after, processes_with

DEMO = Path(__file__).parents[2] / "tools" / "demo.py"


@pytest.fixture
def start(place: Place) -> Callable[[], subprocess.Popen[str]]:
    temporary = place.directory / "tmp"
    temporary.mkdir()

    def start() -> subprocess.Popen[str]:
        environment = {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
        return place.start(sys.executable, DEMO, stderr=subprocess.STDOUT, environment=environment)

    return start


def left_in(place: Place) -> list[str]:
    return [path.name for path in (place.directory / "tmp").iterdir()]


def test_two_demos_at_once_show_results_and_leave_no_files(place: Place, start: Callable[[], subprocess.Popen[str]]):
    with ended_after(start()) as one, ended_after(start()) as other:
        assert one.stdout is not None
        assert other.stdout is not None
        outputs = [Output(one.stdout), Output(other.stdout)]
        for process, output in zip((one, other), outputs, strict=True):
            text = output.finish()
            assert process.wait() == 0, text
            assert "top_ten" in text
            assert "What to try next" in text
    assert left_in(place) == []
    assert processes_with(str(place.directory)) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_demo_leaves_no_files(
    place: Place, start: Callable[[], subprocess.Popen[str]], number: signal.Signals
):
    with ended_after(start()) as demo:
        assert demo.stdout is not None
        output = Output(demo.stdout)
        output.wait_for("torc run word_count.yaml")
        demo.send_signal(number)
        text = output.finish()
        assert demo.wait() == 128 + signal.SIGINT, text
        assert "Traceback" not in text
    assert left_in(place) == []
    assert processes_with(str(place.directory)) == []
