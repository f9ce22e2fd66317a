"""Run several commands one after another: `python -m torc_dash.tasks.several JSON`.

The argument is a list of objects with `argv`, `shown` and `folder`. A command that fails stops no other one. The exit
code is 1 if one failed. SIGTERM ends the command that runs and starts no further ones; the exit code is then 4.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

FAILED, STOPPED = 1, 4


@dataclass(frozen=True)
class Step:
    """A command: its arguments, how it is shown, and its folder."""

    argv: list[str]
    shown: str
    folder: str


def argument_of(steps: Sequence[Step]) -> str:
    """Return the argument of this program."""
    return json.dumps([asdict(step) for step in steps])


class _Steps:
    """Runs steps until one signal ends them."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_: object) -> None:
        self._is_stopped = True
        if self._running is not None:
            self._running.terminate()

    def run(self, steps: Sequence[Step]) -> int:
        """Run all, report which failed, and return the exit code."""
        failed: list[str] = []
        done = 0
        for step in steps:
            if self._is_stopped:
                break
            self._say(f"$ {step.shown}")
            if self._code_of(step):
                failed.append(step.shown)
            done += 1
            self._say("")
        return self._report(failed, done, len(steps))

    def _code_of(self, step: Step) -> int:
        try:
            self._running = subprocess.Popen(step.argv, cwd=step.folder, stdin=subprocess.DEVNULL)
        except OSError as error:
            self._say(f"The command cannot be started: {error.strerror}.")
            return FAILED
        return self._running.wait()

    def _report(self, failed: Sequence[str], done: int, total: int) -> int:
        self._say(f"{done - len(failed)} of {total} succeeded.")
        if done < total:
            self._say(f"Stopped: {total - done} not started.")
        for shown in failed:
            self._say(f"Failed: {shown}")
        return STOPPED if self._is_stopped else FAILED if failed else 0

    @staticmethod
    def _say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def main(words: Sequence[str]) -> int:
    """Run the steps of the argument."""
    steps = [Step(**each) for each in json.loads(words[0])]
    return _Steps().run(steps)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
