"""Numbers of parameters and variables as they are written: `1.50` and `1E5` reach a command as these texts.

A reader of JSON or KDL converts numbers, so that their texts would be lost.
"""

from collections.abc import Callable, Iterator
from typing import Any, Self

from torc_client.spec.parameters import is_written_so

EXPANDED = frozenset({"jobs", "files", "datasets", "user_data"})
"""The lists whose records have parameters."""


class WrittenFloat(float):
    """A number that is written in another way than a placeholder writes it."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Return the number with its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def read_float(text: str) -> float:
    """Convert the text of a number in JSON. The result knows the text if neither placeholders nor programs write it so.

    A program writes what it computed: `1.0` is the number one there, as in Torc 1.0.
    """
    number = float(text)
    return number if is_written_so(number, text) or repr(number) == text else WrittenFloat(text)


def keep_written(document: Any) -> Any:
    """Replace numbers of parameters and variables by their texts, where these differ from what placeholders write."""
    replace_numbers(document, lambda number, _: getattr(number, "text", None))
    return document


def replace_numbers(document: Any, written: Callable[[Any, str], str | None]) -> None:
    """Replace each number of parameters and variables for which `written` returns a text."""
    for container, key, place in numbers_of(document):
        text = written(container[key], place)
        if text is not None:
            container[key] = text


def numbers_of(document: Any) -> Iterator[tuple[Any, Any, str]]:
    """Yield the numbers of parameters and variables, each as a container, its key there, and its place."""
    if not isinstance(document, dict):
        return
    for field in ("variables", "parameters"):
        yield from _of_map(document.get(field), field)
    for collection in EXPANDED & document.keys():
        records = document[collection]
        for index, record in enumerate(records if isinstance(records, list) else ()):
            if isinstance(record, dict) and "parameters" in record:
                yield from _of_map(record["parameters"], f"{collection}[{index}].parameters")


def _of_map(values: Any, place: str) -> Iterator[tuple[Any, Any, str]]:
    for name, value in values.items() if isinstance(values, dict) else ():
        if _is_number(value):
            yield values, name, f"{place}.{name}"
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if _is_number(item):
                    yield value, index, f"{place}.{name}[{index}]"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
