"""Names into the things they name: lists of names, and regular expressions over names."""

from collections.abc import Sequence

from torc_client.spec.expansion import PLACE
from torc_client.spec.patterns import PatternError, Searcher
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record


class Names:
    """The names of one kind of thing, with the number of each. Looked up by many jobs, each regex searched once."""

    def __init__(self, noun: str, records: list[Record], problems: Problems) -> None:
        self.noun = noun
        self.number_of: dict[str, int] = {}
        for number, record in enumerate(records):
            name = record["name"]
            if name in self.number_of:
                first = records[self.number_of[name]][PLACE]
                problems.add(f"{record[PLACE]}.name", f"the {noun} {name!r} is there already, from {first}")
            else:
                self.number_of[name] = number
        self._searcher = Searcher(self.number_of.keys())
        self._matches: dict[str, list[int] | PatternError] = {}

    def find(self, record: Record, field: str, problems: Problems) -> list[int]:
        """The numbers of what a list of names in the record names, in order, each once."""
        found: dict[int, None] = {}
        for index, name in enumerate(record.get(field, ())):
            number = self.number_of.get(name)
            if number is None:
                place = f"{record[PLACE]}.{field}[{index}]"
                problems.add(place, f"no {self.noun} is named {name!r}", word=name, known=self.number_of)
            else:
                found[number] = None
        return list(found)

    def match(self, record: Record, field: str, problems: Problems, *, but: int | None = None) -> list[int]:
        """The numbers of all names in which a pattern of the list is found, `but` that of the job itself."""
        found: dict[int, None] = {}
        for index, pattern in enumerate(record.get(field, ())):
            numbers = self._matching(pattern)
            place = f"{record[PLACE]}.{field}[{index}]"
            if isinstance(numbers, PatternError):
                problems.add(place, f"{pattern!r} {numbers}")
            elif not numbers:
                problems.add(place, f"{pattern!r} matches no {self.noun}{self._example()}")
            elif numbers == [but]:
                problems.add(place, f"{pattern!r} matches no {self.noun} but this one")
            else:
                found.update(dict.fromkeys(numbers))
        if but is not None:
            found.pop(but, None)
        return list(found)

    def _matching(self, pattern: str) -> list[int] | PatternError:
        if pattern not in self._matches:
            try:
                self._matches[pattern] = [self.number_of[name] for name in self._searcher.search(pattern)]
            except PatternError as error:
                self._matches[pattern] = error
        return self._matches[pattern]

    def _example(self) -> str:
        example = next(iter(self.number_of), None)
        return f"; names are such as {example!r}" if example else f"; there is no {self.noun}"


def united(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """Both lists, each number once."""
    return list(dict.fromkeys([*first, *second])) if second else list(first)
