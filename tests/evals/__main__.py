"""`python -m evals`: ask the questions of the skill without a model, and print what the answers lack."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from evals.asking import Asked, ask, connected, prepare
from evals.questions import Question, read_questions
from support.processes import Place, Server


def main() -> int:
    """Ask the questions and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("words", nargs="*", help="ask only questions that contain one of these words")
    options = parser.parse_args()
    scenarios, questions = read_questions()
    chosen = [each for each in questions if not options.words or any(w in each.question for w in options.words)]
    with tempfile.TemporaryDirectory(prefix="evals-") as root:
        place = Place(Path(root) / "work")
        with Server(place):
            prepare(place, scenarios)
            asked = asyncio.run(ask_all(place, chosen))
    for each in asked:
        print(f"{'ok  ' if not each.complaints else 'FAIL'} {each.question}")
        print(f"     {each.calls} calls, {each.largest_bytes} bytes at most, {each.seconds:.2f} s")
        for complaint in each.complaints:
            print(f"     {complaint}")
    failed = sum(bool(each.complaints) for each in asked)
    print(f"{len(asked)} questions, {failed} failed")
    return 1 if failed else 0


async def ask_all(place: Place, questions: list[Question]) -> list[Asked]:
    """Ask the questions one after the other, all of one server."""
    async with connected(place) as client:
        return [await ask(client, each) for each in questions]


if __name__ == "__main__":
    sys.exit(main())
