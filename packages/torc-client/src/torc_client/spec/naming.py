"""Resolve names of records: lists of names, and regular expressions that match names."""

import re
from dataclasses import dataclass
from itertools import chain, islice

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.patterns import PatternError, Searcher
from torc_client.spec.problems import MAX_SHOWN, Problems
from torc_client.spec.shape import Record

# The noun for a record of each collection, for messages.
NOUNS = {
    "jobs": "job",
    "files": "file",
    "datasets": "dataset",
    "user_data": "user data record",
    "resource_requirements": "resource requirements record",
    "failure_handlers": "failure handler",
    "slurm_schedulers": "Slurm scheduler",
}
# Fields with lists of names, and the corresponding fields with regular expressions.
PATTERNS_OF = {
    "depends_on": "depends_on_regexes",
    "input_files": "input_file_regexes",
    "output_files": "output_file_regexes",
    "input_user_data": "input_user_data_regexes",
    "output_user_data": "output_user_data_regexes",
    "jobs": "job_name_regexes",
}


class Names:
    """The names of a collection, with the number of each record. A regular expression is searched once for all jobs."""

    def __init__(self, collection: str, records: list[Record], problems: Problems, *, is_complete: bool = True) -> None:
        """Index the names of the records. If `is_complete` is false, unknown names are not reported."""
        self._collection = collection
        self._compared = 0
        self.noun = noun = NOUNS[collection]
        self._is_complete = is_complete
        self.number_of: dict[str, int] = {}
        for number, record in enumerate(records):
            name = record.get("name")
            if name is None:  # the name of a Slurm scheduler is optional
                continue
            if name in self.number_of:
                first = records[self.number_of[name]][PLACE]
                reason, fix = f"the {noun} {name!r} is defined already, in {first}", "choose another name"
                if first == record[PLACE]:
                    reason = f"{name!r} is the name of several instances"
                    fix = "give them different values, or put more of a path into it, such as {PARAMETER:parent:name}"
                problems.add(Code.REPEATED_NAME, f"{record[PLACE]}.name", reason, fix)
            else:
                self.number_of[name] = number
        self._searcher = Searcher(self.number_of.keys())
        self._matches: dict[str, _Matches | PatternError] = {}
        self._found: dict[tuple[str, ...], tuple[int, ...]] = {}

    def find(self, record: Record, field: str, problems: Problems) -> tuple[int, ...]:
        """Return the numbers of the records in a list of names of the record, in order and without duplicates.

        For equal lists, the same object is returned.
        """
        names = tuple(record.get(field, ()))
        if not names:
            return ()
        found = self._found.get(names)
        if found is None:
            found = self._find(names, record, field, problems)
            if all(name in self.number_of for name in names):  # otherwise each record gets a problem
                self._found[names] = found
        return found

    def _find(self, names: tuple[str, ...], record: Record, field: str, problems: Problems) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for index, name in enumerate(names):
            number = self.number_of.get(name)
            if number is None:
                patterns = PATTERNS_OF.get(field, "")
                self._report_unknown(name, f"{record[PLACE]}.{field}[{index}]", problems, patterns)
            else:
                found[number] = None
        return tuple(found)

    def find_one(self, record: Record, field: str, problems: Problems) -> None:
        """Check that the name in a field of the record exists, if the record has the field."""
        name = record.get(field)
        if name is not None and name not in self.number_of:
            self._report_unknown(name, f"{record[PLACE]}.{field}", problems)

    def _report_unknown(self, name: str, place: str, problems: Problems, patterns: str = "") -> None:
        if not self._is_complete:
            return
        reason = f"there is no {self.noun} {name!r}"
        if patterns and self._are_instances_of(name):
            pattern = f"^{re.escape(name)}"
            fix = f"to name all that begin with it, write {patterns}: ['{pattern}']"
            problems.add(Code.UNKNOWN_NAME, place, reason, fix)
        else:
            fix = f"add it to {self._collection}"
            problems.add_unknown(Code.UNKNOWN_NAME, place, reason, word=name, known=self.number_of, otherwise=fix)

    def _are_instances_of(self, name: str) -> bool:
        """Return whether several names are this one with a suffix that may be the value of a parameter."""
        self._compared += 1
        if self._compared > MAX_SHOWN:  # a comparison of 100,000 names with all others would take minutes
            return False
        begin_so = (each for each in self.number_of if each.startswith(name) and not each[len(name)].isalpha())
        return len(list(islice(begin_so, 2))) > 1

    def match(self, record: Record, field: str, problems: Problems, *, but: int | None = None) -> tuple[int, ...]:
        """Return the numbers of all names that a pattern of the list matches, except `but`, that of the job itself.

        For one pattern, the same object is returned for every record.
        """
        patterns = record.get(field)
        if not patterns:
            return ()
        found: list[_Matches] = []
        for index, pattern in enumerate(patterns):
            matches = self._matching(pattern)
            place = f"{record[PLACE]}.{field}[{index}]"
            if isinstance(matches, PatternError):
                complaint = matches.complaint
                problems.add(complaint.code, place, f"{pattern!r} {complaint.reason}", complaint.fix)
            elif not matches.numbers:
                if self._is_complete:
                    problems.add(Code.NO_MATCH, place, f"{pattern!r} matches no {self.noun}", self._example())
            elif matches.numbers == (but,):
                problems.add(Code.NO_MATCH, place, f"{pattern!r} matches no {self.noun} except this one", "remove it")
            else:
                if not pattern:
                    reason = f"the empty pattern matches each {self.noun}"
                    problems.warn_once(Code.WIDE_PATTERN, place, reason, "write .* if that is meant, or remove it")
                if pattern in self.number_of and len(matches.distinct) > 1:
                    self._warn_of_reach(pattern, matches, field, place, problems)
                found.append(matches)
        if len(found) == 1 and but not in found[0].distinct:
            return found[0].numbers
        return tuple(each for each in dict.fromkeys(chain.from_iterable(each.numbers for each in found)) if each != but)

    def _warn_of_reach(self, pattern: str, matches: "_Matches", field: str, place: str, problems: Problems) -> None:
        """Warn of a pattern that is a name and finds others: `sim_1` is in `sim_10`, too."""
        own = self.number_of[pattern]
        other = next(name for name, number in self.number_of.items() if number in matches.distinct and number != own)
        listed = next(names for names, patterns in PATTERNS_OF.items() if patterns == field)
        reason = f"{pattern!r} is the name of one {self.noun} and also matches {other!r}"
        problems.warn_once(Code.WIDE_PATTERN, place, reason, f"write '^{re.escape(pattern)}$', or name it in {listed}")

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
        return f"write one that matches names such as {example!r}" if example else f"add it to {self._collection}"


@dataclass(frozen=True, slots=True)
class _Matches:
    """The numbers of the names that a pattern matches, in order."""

    numbers: tuple[int, ...]
    distinct: frozenset[int]


def merge_unique(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """Merge two lists and keep each number once. If one of them is empty, return the other itself."""
    if first and second:
        return tuple(dict.fromkeys([*first, *second]))
    return first or second
