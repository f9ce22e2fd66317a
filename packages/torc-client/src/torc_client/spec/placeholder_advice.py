"""Warnings about placeholders: forms that have no effect, and paths that the shell would split."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.parameters import TOKEN, PathValue, Value, fill, ignored_forms
from torc_client.spec.problems import Problems
from torc_client.spec.quoting import Quotes, is_safe, quotes_at
from torc_client.spec.shape import Record

# A reference becomes the path of a record: a placeholder within it is part of a name.
REFERENCE = re.compile(r"\$\{(files|datasets|user_data)\.([^{}]|\{[^{}]*\})*\}")
# What other languages fill in: `{i+1}`, `{file.stem}`, `{i!r}`, `{i[0]}`, `{{i}}`.
OF_OTHERS = re.compile(r"(?<!\$)\{([A-Za-z_][A-Za-z0-9_]*)[.+*/%!\[-][^{}]*\}|\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}")
FOR_THE_SHELL = ("command", "invocation_script")


def warn_of_forms(value: Any, place: str, values: Mapping[str, Value], problems: Problems) -> None:
    """Warn of placeholders in the texts of a value whose form has no effect."""
    for spot, text in _texts(value, place):
        for found in OF_OTHERS.finditer(text):
            if found[2] in values:
                reason, fix = (
                    f"{found[0]} keeps a pair of braces",
                    f"write {{{found[2]}}}, or a space between the braces",
                )
                problems.warn(Code.UNKNOWN_FORM, spot, reason, fix)
            elif found[1] in values:
                fix = f"write {{{found[1]}}}, a form such as {{{found[1]}:stem}}, or compute it in the command"
                problems.warn(Code.UNKNOWN_FORM, spot, f"{found[0]} is not a placeholder and stays as it is", fix)
        for token, form in ignored_forms(text, values):
            name = token.strip("{}").partition(":")[0]
            reason = f"the form of {token} has no effect on {values[name]!r}"
            first, _, others = token.strip("{}").partition(":")[2].partition(":")
            meant = f"{{{name}:{others}:q}}" if first == "q" and others else form
            fix = f"write {meant}" if meant else f"write {{{name}}}, or a form such as {{{name}:03d}} or {{{name}:.2f}}"
            problems.warn(Code.UNKNOWN_FORM, spot, reason, fix)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "{" in value:
            yield place, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{place}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{place}[{index}]")


def warn_of_split_paths(job: Record, place: str, values: Mapping[str, Sequence[Value]], problems: Problems) -> None:
    """Warn of paths that were found and that the shell would split where a job uses them."""
    unsafe = {name: path for name, paths in values.items() if (path := _unsafe(paths)) is not None}
    if not unsafe:
        return
    for field in FOR_THE_SHELL:
        text = job.get(field, "")
        names = [range(*found.span()) for found in REFERENCE.finditer(text)]
        for match in TOKEN.finditer(text):
            is_quoted = "q" in (match[2] or "").split(":")
            if match[1] not in unsafe or is_quoted or any(match.start() in name for name in names):
                continue
            written = fill(match[0], unsafe)
            if not is_safe(written, quotes_at(text, match.start())):
                reason = f"the shell splits or changes what {match[0]} becomes: {written}"
                fix = f"write {match[0].removesuffix('}')}:q}} without quotation marks around it"
                problems.warn_once(Code.UNQUOTED_REFERENCE, f"{place}.{field}", reason, fix)


def _unsafe(values: Sequence[Value]) -> PathValue | None:
    """Return the first path that the shell does not take as one word; None for values that an author wrote."""
    return next((each for each in values if isinstance(each, PathValue) and not is_safe(each, Quotes.NONE)), None)
