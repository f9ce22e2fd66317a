"""Make the scenarios on a real server, and ask the questions through `torc-mcp-server` over stdio."""

import shutil
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mcp_types import TextContent

from evals.checking import complaint_about, filled_in, value_at
from evals.questions import FOLDER, Question, Scenario
from mcp import Client, StdioServerParameters
from support.processes import PROGRAMS, Place

MOST_BYTES = 25_000
MOST_CALLS = 4


@dataclass
class Asked:
    """What came of a question."""

    question: str
    calls: int = 0
    largest_bytes: int = 0
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)


def prepare(place: Place, scenarios: list[Scenario]) -> None:
    """Create and run the workflows, in this order."""
    shutil.copytree(FOLDER / "scenarios", place.directory / "scenarios")
    for number, scenario in enumerate(scenarios, start=1):
        place.run("torc", *scenario.start, status=scenario.exit_code)
        if scenario.initialize:
            place.run("torc", "init", str(number), "--no-prompts")


@asynccontextmanager
async def connected(place: Place, *options: str):
    """Yield a client of a new `torc-mcp-server`, which ends with the block."""
    server = StdioServerParameters(
        command=str(PROGRAMS / "torc-mcp-server"), args=list(options), env=place.environment, cwd=place.directory
    )
    async with Client(server) as client:
        yield client


async def ask(client: Client, question: Question) -> Asked:
    """Make the calls of a question, and compare the answers."""
    asked = Asked(question.question)
    kept: dict[str, Any] = {}
    began = time.monotonic()
    for call in question.calls:
        result = await client.call_tool(call.tool, filled_in(call.arguments, kept))
        text = "".join(part.text for part in result.content if isinstance(part, TextContent))
        asked.calls += 1
        asked.largest_bytes = max(asked.largest_bytes, len(text.encode()))
        if call.refused is not None:
            if not result.is_error or call.refused not in text:
                asked.complaints.append(f"{call.tool} was not refused with {call.refused!r}: {text[:300]}")
            continue
        if result.is_error:
            asked.complaints.append(f"{call.tool}: {text[:500]}")
            break
        answer = result.structured_content
        kept |= {name: value_at(answer, path) for name, path in call.keep.items()}
        found = (complaint_about(answer, each) for each in call.expect)
        asked.complaints += [f"{call.tool}: {each}" for each in found if each is not None]
    asked.seconds = time.monotonic() - began
    if asked.largest_bytes > MOST_BYTES:
        asked.complaints.append(f"an answer has {asked.largest_bytes} bytes")
    if asked.calls > MOST_CALLS:
        asked.complaints.append(f"{asked.calls} calls are more than an assistant should need")
    return asked
