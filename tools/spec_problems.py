"""The reference page of the problems of specs, generated from the table of their codes and from their examples."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from torc_client.spec import SpecError, load
from torc_client.spec.code_examples import EXAMPLES, Example
from torc_client.spec.codes import Code

# Longer examples, such as deeply nested ones, are cut.
MAX_LINE = 100
CURRENT_DIRECTORY = "/home/ada/wind"
"""The current directory in the messages of the page."""


def spec_problems_page() -> Iterator[str]:
    """Yield every code with its meaning, remedy and example."""
    yield "# Problems of specs"
    yield (
        "`torc spec check` and `torc workflows create` report every problem of a spec in the form "
        "`FILE:LINE:COLUMN: PLACE: REASON; FIX [CODE]`. A code never changes, and the number of a rule that is removed "
        "is not used again. In Python, `SpecError.problems` has the problems with `code`, `place`, `reason`, `fix` and "
        "`position`; `torc -f json spec check` prints them as JSON."
    )
    rows = [f"| [{code}](#{_anchor(code)}) | {code.title} | {code.meaning} |" for code in Code]
    yield "| Code | Name | Meaning |\n|---|---|---|\n" + "\n".join(rows)
    for code in Code:
        yield f"## {code} {code.title}"
        yield code.meaning
        yield f"Remedy: {code.remedy}"
        yield from _shown(EXAMPLES[code])


def _anchor(code: Code) -> str:
    return f"{code} {code.title}".lower().replace(" ", "-")


def _shown(example: Example) -> Iterator[str]:
    if example.text and example.text.strip():
        lines = [line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} ..." for line in example.text.splitlines()]
        encoding = "" if example.encoding == "utf-8" else f", saved as {example.encoding}"
        yield f"Example{encoding}:"
        yield "```yaml fragment\n" + "\n".join(lines) + "\n```"
        if example.table:
            yield f"The file `table.csv`:\n\n```text\n{example.table.strip()}\n```"
    yield f"```text\n{_problem(example)}\n```"


def _problem(example: Example) -> str:
    """Return the problem of an example as it is printed."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        if example.text is not None:
            Path(example.file).write_text(example.text, encoding=example.encoding)
        if example.table:
            Path("table.csv").write_text(example.table)
        try:
            (warning,) = load(example.file).warnings
        except SpecError as error:
            return str(error).replace(os.path.realpath(folder), CURRENT_DIRECTORY)
        return f"Warning: {warning.line(example.file)}"
