"""The members of our records. Each carries what validation, the document, the columns and the answers need.

A declaration says a thing once: the type and bounds (marshmallow and the compiled decoder), the description (the
document), what null means in an update, whether the member is the server's own, and how SQLite writes it as JSON.
"""

import math
import re
from typing import Annotated, Any, Literal

import marshmallow
import msgspec
from marshmallow import ValidationError

from torc_server.engine.claiming.packing import SortMethod
from torc_server.engine.states import JobStatus

SMALLEST, LARGEST = -(2**63), 2**63 - 1
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_TRUTH = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}
UNSET = msgspec.UNSET


class Member(marshmallow.fields.Field[Any]):
    """A member of a record, or a parameter.

    - `nullable`: whether the document mentions null; every optional member takes it, and it means "absent". A required
      one takes it where it is said to be nullable.
    - `null`: in an update, "keep" leaves the stored value alone, "clears" stores null, also when it is absent;
      "emptied" keeps it too, and an empty text stores null.
    - `read_only`: the server's own; what a client sends is checked and ignored. `fixed`: set at creation only.
    - `default`: what a creation stores when the member is absent. `default_shown`: whether the document says so.
    - `stored`: there is a column of that name. `sql`: an expression in place of the column; `relation`: one that is
      only worth its price when relationships are asked for. `null_shown`: null is written instead of left out.
    - `promised`: the document lists it as required, since every answer has it; a body without it gets the default.
    - `extension`: ours, and no part of the contract.
    - `references`: the table that the number must be an id of, within the same workflow.
    """

    json_type: str | None = None
    default_error_messages = {"required": "is missing", "null": "may not be null", "validator_failed": "is not valid"}

    def __init__(
        self,
        description: str = "",
        *,
        required: bool = False,
        nullable: bool | None = None,
        null: Literal["keep", "clears", "emptied"] = "keep",
        read_only: bool = False,
        fixed: bool = False,
        default: Any = UNSET,
        default_shown: bool = True,
        stored: bool = True,
        sql: str | None = None,
        relation: bool = False,
        null_shown: bool = False,
        references: str | None = None,
        promised: bool = False,
        extension: bool = False,
    ) -> None:
        super().__init__(required=required, allow_none=not required or bool(nullable))
        self.description = description
        self.nullable = not self.required if nullable is None else nullable
        self.null = null
        self.read_only = read_only
        self.fixed = fixed
        self.default = default
        self.default_shown = default_shown
        self.stored = stored and sql is None
        self.sql = sql
        self.relation = relation
        self.null_shown = null_shown
        self.references = references
        self.promised = promised
        self.extension = extension

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002 - marshmallow's
        return self.checked(value)

    def checked(self, value: Any) -> Any:
        """Give the JSON value back, or raise ValidationError with a sentence about it."""
        return value

    def from_text(self, text: str) -> Any:
        """Read the value out of a path or a query; raises ValidationError."""
        return self.checked(text)

    def native(self) -> Any:
        """Give the type that the compiled decoder checks."""
        return Any

    def kept(self, value: Any) -> Any:
        """Give the value as SQLite keeps it."""
        return value

    def json_sql(self, column: str) -> str:
        """Give an SQL expression for the JSON text of a column that is not null."""
        return column

    def schema(self) -> dict[str, Any]:
        """Give the member's JSON schema, without null and description."""
        return {} if self.json_type is None else {"type": self.json_type}


class Integer(Member):
    """A whole number of 64 bits."""

    json_type = "integer"

    def __init__(self, description: str = "", *, at_least: int = SMALLEST, **rest: Any) -> None:
        super().__init__(description, **rest)
        self.at_least = at_least

    def checked(self, value: Any) -> Any:
        """Refuse everything but a whole number in range."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("write a whole number")
        if not self.at_least <= value <= LARGEST:
            raise ValidationError(f"write a whole number from {self.at_least} to {LARGEST}")
        return value

    def from_text(self, text: str) -> Any:
        """Read a whole number."""
        if not _WHOLE_NUMBER.fullmatch(text):
            raise ValidationError(f"write a whole number from {self.at_least} to {LARGEST}")
        return self.checked(int(text))

    def native(self) -> Any:
        """Whole numbers in range."""
        return Annotated[int, msgspec.Meta(ge=self.at_least, le=LARGEST)]

    def schema(self) -> dict[str, Any]:
        """Add the bound, where there is one of the domain."""
        bound = {} if self.at_least == SMALLEST else {"minimum": self.at_least}
        return super().schema() | {"format": "int64"} | bound


class Number(Member):
    """A finite number."""

    json_type = "number"

    def __init__(
        self, description: str = "", *, at_least: float | None = None, at_most: float | None = None, **rest: Any
    ) -> None:
        super().__init__(description, **rest)
        self.at_least = at_least
        self.at_most = at_most

    def checked(self, value: Any) -> Any:
        """Refuse everything but a finite number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("write a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise ValidationError("write a finite number")
        if (self.at_least is not None and number < self.at_least) or (
            self.at_most is not None and number > self.at_most
        ):
            raise ValidationError(f"write a number from {self.at_least} to {self.at_most}")
        return number

    def from_text(self, text: str) -> Any:
        """Read a number."""
        try:
            return self.checked(float(text))
        except ValueError:
            raise ValidationError("write a number") from None

    def native(self) -> Any:
        """Finite numbers; bounds belong to parameters, which are not compiled."""
        return float

    def json_sql(self, column: str) -> str:
        """All the digits that a double has; SQLite's own conversion stops at fifteen."""
        return f"printf('%!.17g', {column})"

    def schema(self) -> dict[str, Any]:
        """Add the bounds."""
        bounds = {"minimum": self.at_least, "maximum": self.at_most}
        return super().schema() | {word: bound for word, bound in bounds.items() if bound is not None}


class Boolean(Member):
    """True or false; in a query also their capitalised forms, 1 and 0."""

    json_type = "boolean"

    def checked(self, value: Any) -> Any:
        """Refuse everything but true and false."""
        if not isinstance(value, bool):
            raise ValidationError("write true or false")
        return value

    def from_text(self, text: str) -> Any:
        """Read true or false."""
        if text not in _TRUTH:
            raise ValidationError("write true or false")
        return _TRUTH[text]

    def native(self) -> Any:
        """Take true and false."""
        return bool

    def json_sql(self, column: str) -> str:
        """Numbers become true and false."""
        return f"CASE WHEN {column} THEN 'true' ELSE 'false' END"


class Text(Member):
    """A text without NUL characters."""

    json_type = "string"

    def __init__(self, description: str = "", *, longest: int | None = None, **rest: Any) -> None:
        super().__init__(description, **rest)
        self.longest = longest

    def checked(self, value: Any) -> Any:
        """Refuse everything but text that SQLite and JSON can hold."""
        if not isinstance(value, str):
            raise ValidationError("write a text")
        if "\x00" in value:
            raise ValidationError("leave out the NUL character")
        if self.longest is not None and len(value) > self.longest:
            raise ValidationError(f"write at most {self.longest} characters")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValidationError("write valid Unicode, without lone surrogates") from None
        return value

    def native(self) -> Any:
        """Texts."""
        return str

    def json_sql(self, column: str) -> str:
        """Quoted."""
        return f"json_quote({column})"

    def schema(self) -> dict[str, Any]:
        """Add the bound."""
        return super().schema() | ({} if self.longest is None else {"maxLength": self.longest})


class Memory(Text):
    """A size such as ``4g``; the domain reads it (engine/quantities.py)."""


class Duration(Text):
    """An ISO 8601 duration such as ``PT30M``; the domain reads it (engine/quantities.py)."""


class Timestamp(Text):
    """A time as text, in the words of whoever set it."""


class Word(Text):
    """One of a few words. `component` names the enum in the document."""

    def __init__(self, description: str = "", *, component: str, words: tuple[str, ...], **rest: Any) -> None:
        super().__init__(description, **rest)
        self.component = component
        self.words = words

    def checked(self, value: Any) -> Any:
        """Refuse every other word."""
        if value not in self.words or not isinstance(value, str):
            raise ValidationError(f"write one of {', '.join(self.words)}")
        return value

    def native(self) -> Any:
        """Only these words."""
        return Literal[self.words]

    def schema(self) -> dict[str, Any]:
        """Refer to it: enums stand once in the document."""
        return {"$ref": f"#/components/schemas/{self.component}"}


class JobStatusField(Word):
    """A job's status: a word on the wire, a number in the table."""

    def __init__(self, description: str = "", **rest: Any) -> None:
        super().__init__(description, component="JobStatus", words=tuple(s.word for s in JobStatus), **rest)

    def kept(self, value: Any) -> Any:
        """Keep the number."""
        return int(JobStatus.from_word(value))

    def json_sql(self, column: str) -> str:
        """Write the word, quoted."""
        return f"CASE {column} " + " ".join(f"WHEN {s.value} THEN '\"{s.word}\"'" for s in JobStatus) + " END"


class SortMethodField(Word):
    """The order among ready jobs of equal priority."""

    def __init__(self, description: str = "", **rest: Any) -> None:
        super().__init__(
            description, component="ClaimJobsSortMethod", words=tuple(each.value for each in SortMethod), **rest
        )


class Record(marshmallow.Schema):
    """A schema of ours: what it does not know it leaves aside; a header of the answer lists it."""

    class Meta:
        """How marshmallow treats it."""

        unknown = marshmallow.EXCLUDE


def members_of(schema: type[marshmallow.Schema]) -> dict[str, Member]:
    """Give the members that a schema declares, in order."""
    return {name: each for name, each in schema._declared_fields.items() if isinstance(each, Member)}  # noqa: SLF001 - the only way to ask a class
