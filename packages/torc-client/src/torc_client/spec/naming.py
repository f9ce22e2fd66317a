"""Names into the things they name: lists of names, and regular expressions over names."""

import re
from dataclasses import dataclass
from itertools import chain, islice

from torc_client.spec.expansion import PLACE
from torc_client.spec.patterns import PatternError, Searcher
from torc_client.spec.problems import MAX_SHOWN, Problems
from torc_client.spec.shape import Record

# What one of each collection is called.
NOUNS = {
    "jobs": "job",
    "files": "file",
    "datasets": "dataset",
    "user_data": "user data record",
    "resource_requirements": "resource requirements record",
    "failure_handlers": "failure handler",
    "slurm_schedulers": "Slurm scheduler",
}
# Fields that list names, and the fields beside them that have regular expressions instead.
PATTERNS_OF = {
    "depends_on": "depends_on_regexes",
    "input_files": "input_file_regexes",
    "output_files": "output_file_regexes",
    "input_user_data": "input_user_data_regexes",
    "output_user_data": "output_user_data_regexes",
    "jobs": "job_name_regexes",
}


class Names:
    """The names of one kind of thing, with the number of each. Looked up by many jobs, each regex searched once."""

    def __init__(self, collection: str, records: list[Record], problems: Problems, *, is_complete: bool = True) -> None:
        """Take the names of the records; where some could not be made out, no other name is called unknown."""
        self._collection = collection
        self._compared = 0
        self.noun = noun = NOUNS[collection]
        self._is_complete = is_complete
        self.number_of: dict[str, int] = {}
        for number, record in enumerate(records):
            name = record.get("name")
            if name is None:  # as a Slurm scheduler may be
                continue
            if name in self.number_of:
                first = records[self.number_of[name]][PLACE]
                problems.add(f"{record[PLACE]}.name", f"the {noun} {name!r} is there already, from {first}")
            else:
                self.number_of[name] = number
        self._searcher = Searcher(self.number_of.keys())
        self._matches: dict[str, _Matches | PatternError] = {}
        self._found: dict[tuple[str, ...], tuple[int, ...]] = {}

    def find(self, record: Record, field: str, problems: Problems) -> tuple[int, ...]:
        """The numbers of what a list of names in the record names, in order, each once.

        Those of equal lists are the same object.
        """
        names = tuple(record.get(field, ()))
        if not names:
            return ()
        found = self._found.get(names)
        if found is None:
            found = self._find(names, record, field, problems)
            if all(name in self.number_of for name in names):  # else each record is to be told
                self._found[names] = found
        return found

    def _find(self, names: tuple[str, ...], record: Record, field: str, problems: Problems) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for index, name in enumerate(names):
            number = self.number_of.get(name)
            if number is None:
                patterns = PATTERNS_OF.get(field, "")
                self._tell_unknown(name, f"{record[PLACE]}.{field}[{index}]", problems, patterns)
            else:
                found[number] = None
        return tuple(found)

    def find_one(self, record: Record, field: str, problems: Problems) -> None:
        """See that the one name in the record's field is there, if the record has it."""
        name = record.get(field)
        if name is not None and name not in self.number_of:
            self._tell_unknown(name, f"{record[PLACE]}.{field}", problems)

    def _tell_unknown(self, name: str, place: str, problems: Problems, patterns: str = "") -> None:
        if not self._is_complete:
            return
        if patterns and self._are_instances_of(name):
            pattern = f"^{re.escape(name)}"
            problems.add(
                place, f"no {self.noun} is named {name!r}; to name all that begin so, write {patterns}: ['{pattern}']"
            )
        else:
            message = f"no {self.noun} is named {name!r}"
            otherwise = f"; add it to {self._collection}"
            problems.add(place, message, word=name, known=self.number_of, otherwise=otherwise)

    def _are_instances_of(self, name: str) -> bool:
        """Whether several names go on from this one with what a parameter may have put there."""
        self._compared += 1
        if self._compared > MAX_SHOWN:  # a look at all names for each of a hundred thousand would take minutes
            return False
        begin_so = (each for each in self.number_of if each.startswith(name) and not each[len(name)].isalpha())
        return len(list(islice(begin_so, 2))) > 1

    def match(self, record: Record, field: str, problems: Problems, *, but: int | None = None) -> tuple[int, ...]:
        """The numbers of all names in which a pattern of the list is found, `but` that of the job itself.

        Those of one pattern are the same object for every record.
        """
        patterns = record.get(field)
        if not patterns:
            return ()
        found: list[_Matches] = []
        for index, pattern in enumerate(patterns):
            matches = self._matching(pattern)
            place = f"{record[PLACE]}.{field}[{index}]"
            if isinstance(matches, PatternError):
                problems.add(place, f"{pattern!r} {matches}")
            elif not matches.numbers:
                if self._is_complete:
                    problems.add(place, f"{pattern!r} matches no {self.noun}{self._example()}")
            elif matches.numbers == (but,):
                problems.add(place, f"{pattern!r} matches no {self.noun} but this one")
            else:
                found.append(matches)
        if len(found) == 1 and but not in found[0].distinct:
            return found[0].numbers
        return tuple(each for each in dict.fromkeys(chain.from_iterable(each.numbers for each in found)) if each != but)

    def _matching(self, pattern: str) -> "_Matches | PatternError":
        if pattern not in self._matches:
            try:
                numbers = tuple(self.number_of[name] for name in self._searcher.search(pattern))
                self._matches[pattern] = _Matches(numbers, frozenset(numbers))
            except PatternError as error:
                self._matches[pattern] = error
        return self._matches[pattern]

    def _example(self) -> str:
        example = next(iter(self.number_of), None)
        return f"; names are such as {example!r}" if example else f"; there is no {self.noun}"


@dataclass(frozen=True, slots=True)
class _Matches:
    """What a pattern finds, in order."""

    numbers: tuple[int, ...]
    distinct: frozenset[int]


def merge_unique(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """Merge two lists and keep each number once. If one of them is empty, return the other itself."""
    if first and second:
        return tuple(dict.fromkeys([*first, *second]))
    return first or second
