"""Names into the things they name: lists of names, and regular expressions over names."""

import re

from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problem, did_you_mean
from torc_client.spec.shape import Record


class Names:
    """The names of one kind of thing, with the number of each. Looked up by many jobs, each regex searched once."""

    def __init__(self, noun: str, records: list[Record], problems: list[Problem]) -> None:
        self.noun = noun
        self.number_of: dict[str, int] = {}
        self._matches: dict[str, list[int]] = {}
        first_place: dict[str, str] = {}
        for number, record in enumerate(records):
            name = record.get("name")
            if name is None:
                continue
            if name in self.number_of:
                place = f"{record[PLACE]}.name"
                problems.append(Problem(place, f"the {noun} {name!r} is there already, from {first_place[name]}"))
            else:
                self.number_of[name] = number
                first_place[name] = record[PLACE]

    def find(self, record: Record, field: str, problems: list[Problem]) -> list[int]:
        """The numbers of what a list of names in the record names, in order, each once."""
        found: dict[int, None] = {}
        for index, name in enumerate(record.get(field, [])):
            number = self.number_of.get(name)
            if number is None:
                place = f"{record[PLACE]}.{field}[{index}]"
                problems.append(Problem(place, f"no {self.noun} is named {name!r}{did_you_mean(name, self.number_of)}"))
            else:
                found[number] = None
        return list(found)

    def match(self, record: Record, field: str, problems: list[Problem]) -> list[int]:
        """The numbers of all names in which a pattern of the list is found."""
        found: dict[int, None] = {}
        for index, pattern in enumerate(record.get(field, [])):
            place = f"{record[PLACE]}.{field}[{index}]"
            numbers = self._matches.get(pattern)
            if numbers is None:
                numbers = self._matches[pattern] = self._search(pattern, place, problems)
                if not numbers:
                    problems.append(Problem(place, f"{pattern!r} matches no {self.noun}{self._example()}"))
            found.update(dict.fromkeys(numbers))
        return list(found)

    def _search(self, pattern: str, place: str, problems: list[Problem]) -> list[int]:
        try:
            search = re.compile(pattern).search
        except (re.error, RecursionError, OverflowError) as error:
            problems.append(Problem(place, f"{pattern!r} is no regular expression: {error}"))
            return [0] if self.number_of else []
        return [number for name, number in self.number_of.items() if search(name)]

    def _example(self) -> str:
        example = next(iter(self.number_of), None)
        return f"; names are such as {example!r}" if example else f"; there is no {self.noun}"


def united(first: list[int], second: list[int]) -> list[int]:
    """Both lists, each number once."""
    return list(dict.fromkeys([*first, *second])) if second else first
