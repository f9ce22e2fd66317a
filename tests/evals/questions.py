"""The questions about Torc as data: scenarios, calls of tools, and what their answers must contain."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "skills/torc/evals"


@dataclass(frozen=True)
class Scenario:
    """A workflow that exists before the questions are asked: the command that makes it, and its exit code."""

    name: str
    start: list[str]
    exit_code: int
    initialize: bool = False


@dataclass(frozen=True)
class Call:
    """A call of a tool: what it keeps for later calls, and what is expected of its answer or its error."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)
    expect: list[dict[str, Any]] = field(default_factory=list)
    refused: str | None = None


@dataclass(frozen=True)
class Question:
    """A question of a user, and the calls that answer it."""

    question: str
    calls: list[Call]


def read_questions(path: Path = FOLDER / "questions.yaml") -> tuple[list[Scenario], list[Question]]:
    """Read the scenarios and the questions."""
    document = yaml.safe_load(path.read_text())
    scenarios = [Scenario(name, **each) for name, each in document["scenarios"].items()]
    questions = [Question(each["question"], [Call(**call) for call in each["calls"]]) for each in document["questions"]]
    return scenarios, questions
