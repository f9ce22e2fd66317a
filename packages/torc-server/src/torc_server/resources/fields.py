"""The members of records and the parameters of operations.

One declaration is used by validation (marshmallow and the compiled decoder), the OpenAPI document, the SQL of tables,
and answers: it has the type, bounds, description, meaning of null in an update, and SQL expression.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import marshmallow
import msgspec
from marshmallow import ValidationError

from torc_server.engine.claiming.packing import SortMethod
from torc_server.engine.states import JobStatus
from torc_server.resources.generation import Generation

SMALLEST, LARGEST = -(2**63), 2**63 - 1
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_LINE = re.compile(r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z")
_TRUTH = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}
UNSET = msgspec.UNSET
# Characters of a value in an error message.
MAX_SHOWN = 60
# Characters of a text. Linux runs no command of more than 128 KiB.
LONGEST_TEXT = 1024**2


def shown(value: Any) -> str:
    """Return a value for an error message: a short one as JSON, the type of a long one."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


@dataclass(frozen=True, slots=True)
class Column:
    """How SQL stores and reads a member.

    `sql` is an expression instead of a column of the name of the member; `is_relation` marks an expensive one, which is
    computed only if the request asks for relationships. `only_named`: not even then, but only in answers that name it.
    `sorts`: lists can be sorted by the expression. Without `is_kept`, the member is not stored; without `is_shown`, no
    answer has it. `null_shown`: null is written, not left out. `variants` are the expressions in answers to clients of
    a generation that expects other values.
    """

    sql: str | None = None
    variants: Mapping[Generation, str] = field(default_factory=dict)
    is_relation: bool = False
    sorts: bool = False
    only_named: bool = False
    is_kept: bool = True
    is_shown: bool = True
    null_shown: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether the table has a column of the name of the member."""
        return self.is_kept and self.sql is None

    @property
    def is_sortable(self) -> bool:
        """Whether lists can be sorted by the member."""
        return (self.is_stored or self.sorts) and self.is_shown


STORED = Column()
NOT_STORED = Column(is_kept=False)


class Member(marshmallow.fields.Field[Any]):
    """A member of a record, or a parameter.

    - `nullable`: whether null is allowed in the document. Every optional member accepts null, which means "absent". A
      required member accepts null only if it is nullable.
    - `null`: the meaning of null or absence in an update. "keep": the stored value stays. "clears": null is stored.
      "emptied": the stored value stays, and an empty text or list stores null.
    - `read_only`: set by the server; a value of a client is validated and ignored. `fixed`: set at creation only.
    - `default`: the value that a creation stores if the member is absent. `default_shown`: it is in the document.
    - `promised`: required in the document, because every answer has it; a body without it gets the default.
    - `extension`: only this server has the member; it is not in the contract.
    - `column`: how SQL stores and reads the member.
    """

    json_type: str | None = None
    # The stored form of an empty value.
    empty = ""
    default_error_messages = {"required": "is missing", "null": "must not be null", "validator_failed": "is not valid"}

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
        promised: bool = False,
        extension: bool = False,
        column: Column = STORED,
    ) -> None:
        super().__init__(required=required, allow_none=not required or bool(nullable))
        self.description = description
        self.nullable = not self.required if nullable is None else nullable
        self.null = null
        self.read_only = read_only
        self.fixed = fixed
        self.default = default
        self.default_shown = default_shown
        self.promised = promised
        self.extension = extension
        self.column = column

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002 - marshmallow's
        return self.checked(value)

    def checked(self, value: Any) -> Any:
        """Return a valid JSON value. Raises ValidationError for any other value."""
        return value

    def from_text(self, text: str) -> Any:
        """Convert the text of a path or a query. Raises ValidationError."""
        return self.checked(text)

    def native(self) -> Any:
        """Return the type for the compiled decoder."""
        return Any

    def kept(self, value: Any) -> Any:
        """Convert the value to the form that is stored."""
        return value

    def json_sql(self, column: str) -> str:
        """Return an SQL expression for the JSON text of a column that is not null."""
        return column

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema, without null and description."""
        return {} if self.json_type is None else {"type": self.json_type}


class Integer(Member):
    """A whole number of 64 bits."""

    json_type = "integer"

    def __init__(self, description: str = "", *, at_least: int = SMALLEST, **rest: Any) -> None:
        super().__init__(description, **rest)
        self.at_least = at_least

    def checked(self, value: Any) -> Any:
        """Accept a whole number in range."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(f"must be a whole number, not {shown(value)}")
        if not self.at_least <= value <= LARGEST:
            raise ValidationError(f"must be from {self.at_least} to {LARGEST}, not {shown(value)}")
        return value

    def from_text(self, text: str) -> Any:
        """Convert a whole number."""
        if not _WHOLE_NUMBER.fullmatch(text):
            raise ValidationError(f"must be a whole number from {self.at_least} to {LARGEST}, not {shown(text)}")
        return self.checked(int(text))

    def native(self) -> Any:
        """Return the type of whole numbers in range."""
        return Annotated[int, msgspec.Meta(ge=self.at_least, le=LARGEST)]

    def schema(self) -> dict[str, Any]:
        """Add the lower bound, if there is one."""
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
        """Accept a finite number in range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError(f"must be a number, not {shown(value)}")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise ValidationError(f"must be a finite number, not {shown(value)}")
        if (self.at_least is not None and number < self.at_least) or (
            self.at_most is not None and number > self.at_most
        ):
            raise ValidationError(f"must be a number from {self.at_least} to {self.at_most}, not {shown(value)}")
        return number

    def from_text(self, text: str) -> Any:
        """Convert a number."""
        try:
            return self.checked(float(text))
        except ValueError:
            raise ValidationError(f"must be a number, not {shown(text)}") from None

    def native(self) -> Any:
        """Return the type of numbers, without bounds: only parameters have bounds, and they are not compiled."""
        return float

    def json_sql(self, column: str) -> str:
        """Return an expression with all digits of a double. The default conversion of SQLite has fifteen."""
        return f"printf('%!.17g', {column})"

    def schema(self) -> dict[str, Any]:
        """Add the bounds."""
        bounds = {"minimum": self.at_least, "maximum": self.at_most}
        return super().schema() | {word: bound for word, bound in bounds.items() if bound is not None}


class Boolean(Member):
    """True or false; in a query also `True`, `False`, 1 and 0."""

    json_type = "boolean"

    def checked(self, value: Any) -> Any:
        """Accept true and false."""
        if not isinstance(value, bool):
            raise ValidationError(f"must be true or false, not {shown(value)}")
        return value

    def from_text(self, text: str) -> Any:
        """Convert true or false."""
        if text not in _TRUTH:
            raise ValidationError(f"must be true or false, not {shown(text)}")
        return _TRUTH[text]

    def native(self) -> Any:
        """Return the type of true and false."""
        return bool

    def json_sql(self, column: str) -> str:
        """Return an expression that converts 1 and 0 to true and false."""
        return f"CASE WHEN {column} THEN 'true' ELSE 'false' END"


class Text(Member):
    """A text without NUL characters. Without `longest` it has at most LONGEST_TEXT characters."""

    json_type = "string"

    def __init__(self, description: str = "", *, longest: int | None = None, **rest: Any) -> None:
        super().__init__(description, **rest)
        self.longest = longest

    def checked(self, value: Any) -> Any:
        """Accept a text that SQLite and JSON can store."""
        if not isinstance(value, str):
            raise ValidationError(f"must be a text, not {shown(value)}")
        if "\x00" in value:
            raise ValidationError("must not contain a NUL character")
        most = LONGEST_TEXT if self.longest is None else self.longest
        if len(value) > most:
            raise ValidationError(f"must have at most {most} characters, not {len(value)}")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValidationError("must be valid Unicode without lone surrogates") from None
        return value

    def native(self) -> Any:
        """Return the type of texts."""
        return Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT if self.longest is None else self.longest)]

    def json_sql(self, column: str) -> str:
        """Return an expression that quotes the text."""
        return f"json_quote({column})"

    def schema(self) -> dict[str, Any]:
        """Add the maximum length."""
        return super().schema() | ({} if self.longest is None else {"maxLength": self.longest})


class Line(Text):
    """A text of at least one character, without control characters and line breaks."""

    def checked(self, value: Any) -> Any:
        """Accept one line."""
        text = super().checked(value)
        if not _LINE.search(text):
            raise ValidationError(f"must be one line of printable characters, not {shown(text)}")
        return text

    def native(self) -> Any:
        """Return the type of such texts."""
        most = LONGEST_TEXT if self.longest is None else self.longest
        return Annotated[str, msgspec.Meta(max_length=most, pattern=_LINE.pattern)]


class Memory(Text):
    """An amount of memory such as ``4g``. The engine parses it (`engine/quantities.py`)."""


class Duration(Text):
    """An ISO 8601 duration such as ``PT30M``. The engine parses it (`engine/quantities.py`)."""


class Timestamp(Text):
    """A time as text. Times that clients send are stored without conversion."""


class Word(Text):
    """One of a few words. `component` is the name of the enum in the document."""

    def __init__(self, description: str = "", *, component: str, words: tuple[str, ...], **rest: Any) -> None:
        super().__init__(description, **rest)
        self.component = component
        self.words = words

    def checked(self, value: Any) -> Any:
        """Accept one of the words."""
        if value not in self.words or not isinstance(value, str):
            raise ValidationError(f"must be one of {', '.join(self.words)}, not {shown(value)}")
        return value

    def native(self) -> Any:
        """Return the type of these words."""
        return Literal[self.words]

    def schema(self) -> dict[str, Any]:
        """Return a reference, because the document has each enum once."""
        return {"$ref": f"#/components/schemas/{self.component}"}


class JobStatusField(Word):
    """The status of a job: a word in JSON, a number in the table."""

    def __init__(self, description: str = "", **rest: Any) -> None:
        super().__init__(description, component="JobStatus", words=tuple(s.word for s in JobStatus), **rest)

    def kept(self, value: Any) -> Any:
        """Convert the word to the number."""
        return int(JobStatus.from_word(value))

    def json_sql(self, column: str) -> str:
        """Return an expression for the quoted word."""
        return f"CASE {column} " + " ".join(f"WHEN {s.value} THEN '\"{s.word}\"'" for s in JobStatus) + " END"


class SortMethodField(Word):
    """The order among ready jobs of equal priority."""

    def __init__(self, description: str = "", **rest: Any) -> None:
        super().__init__(
            description, component="ClaimJobsSortMethod", words=tuple(each.value for each in SortMethod), **rest
        )


class Record(marshmallow.Schema):
    """A schema that ignores unknown members. A header of the answer lists them."""

    class Meta:
        """The options of marshmallow."""

        unknown = marshmallow.EXCLUDE


def members_of(schema: type[marshmallow.Schema]) -> dict[str, Member]:
    """Return the members of a schema, in order."""
    return {name: each for name, each in schema._declared_fields.items() if isinstance(each, Member)}  # noqa: SLF001 - marshmallow has no public attribute of the class
