"""A batch system that runs steps on this machine: a shell stands for each, as the program of a real one does."""

import os
import signal
from collections.abc import Collection, Mapping
from pathlib import Path

from torc_client.batch.steps import NoAccountingError, StepEnd, StepEnding, StepRequest, StepRules, StepUsage

# The command has a group of its own. TERM to the shell kills the command, and does not end the shell before it.
_PROGRAM = """
setsid "${@:4}" >> "$2" 2>> "$3" & child=$!
echo $child > "$1"
trap 'kill -KILL -- -$child && killed=137' TERM
while wait $child; code=$?; kill -0 $child 2> /dev/null; do :; done
echo "step: a message of the batch system" >&2
exit ${killed:-$code}
"""


class FakeSteps:
    """Steps with known ends. `ends` has those of the next steps, by name; others end of themselves."""

    allocation = "66"
    program = "bash"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: dict[str, StepRequest] = {}
        self.rules = StepRules()
        self.ends: dict[str, list[StepEnd]] = {}
        self.judged: list[tuple[int, str, str]] = []
        self.signals: list[tuple[set[str], str]] = []
        self.usages: dict[str, StepUsage] = {}
        self.questions: list[set[str]] = []
        self.has_accounting = True

    def arguments(self, request: StepRequest, rules: StepRules) -> list[str]:
        self.requests[request.name], self.rules = request, rules
        assert request.stdout
        assert request.stderr
        files = (str(self.folder / request.name), request.stdout, request.stderr)
        return ["bash", "-c", _PROGRAM, "step", *files, *request.command]

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in environment.items() if name != "OPTION_OF_THE_ALLOCATION"}

    def judge(self, exit_code: int, words: str, output: str) -> StepEnd:
        self.judged.append((exit_code, words, output))
        name = [*self.requests][-1]
        ends = self.ends.get(name, [])
        return ends.pop(0) if ends else StepEnd(StepEnding.OF_ITSELF)

    def send_signal(self, names: Collection[str], word: str) -> None:
        self.signals.append(({*names}, word))
        for name in names:
            os.killpg(int((self.folder / name).read_text()), signal.Signals[f"SIG{word}"])

    def usage(self, names: Collection[str]) -> Mapping[str, StepUsage]:
        self.questions.append({*names})
        if not self.has_accounting:
            raise NoAccountingError("there is none")
        return {name: self.usages.get(name, StepUsage()) for name in names}
