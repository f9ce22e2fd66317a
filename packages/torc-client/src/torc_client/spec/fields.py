"""The parts of the declaration of the spec language: objects, and fields with their types."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class FieldType(Enum):
    """The type of the value of a field. The value of a member is its name in messages."""

    TEXT = "text"
    TEXTS = "a list of texts"
    INTEGER = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    ENVIRONMENT = "a map of texts"
    LITERALS = "a map of texts, numbers, true and false"
    PARAMETERS = "a map of parameters"
    OBJECTS = "a list of objects"
    OBJECT = "an object"
    NUMBERS = "a list of whole numbers"
    MAP = "a map"
    JSON = "any JSON value"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object.

    `description` is a noun phrase, and may have details after a semicolon. `of` is the type of the objects that a field
    holds. `minimum` is the smallest whole number; for a text, 1 means that it must not be blank. `default` is the
    value of an absent field, where there is one. `example` is a text in the form that the field needs.
    """

    type: FieldType
    description: str
    required: bool = False
    of: str = ""
    minimum: int = 0
    choices: tuple[str, ...] = ()
    default: str | int | bool | None = None
    example: str = ""

    @property
    def short_description(self) -> str:
        """The description without details, which completes "write ..." in messages."""
        return self.description.partition(";")[0]

    @property
    def may_be_blank(self) -> bool:
        """Whether the value may be empty or white space."""
        return not self.required and not self.minimum


@dataclass(frozen=True, slots=True)
class Object:
    """An object type. If `is_open`, unknown fields are ignored; otherwise they are errors."""

    description: str
    fields: Mapping[str, Field]
    is_open: bool = False


def text(description: str, *, default: str | None = None, example: str = "") -> Field:
    """Declare a text."""
    return Field(FieldType.TEXT, description, default=default, example=example)


def name(description: str, *, example: str = "") -> Field:
    """Declare a required text."""
    return Field(FieldType.TEXT, description, required=True, example=example)


def nonblank(description: str) -> Field:
    """Declare an optional text that is not blank."""
    return Field(FieldType.TEXT, description, minimum=1)


def texts(description: str) -> Field:
    """Declare a list of texts."""
    return Field(FieldType.TEXTS, description)


def flag(description: str, *, default: bool | None = None) -> Field:
    """Declare a field that is true or false."""
    return Field(FieldType.FLAG, description, default=default)


def integer(description: str, *, minimum: int = 0, default: int | None = None, required: bool = False) -> Field:
    """Declare a whole number that is at least `minimum`."""
    return Field(FieldType.INTEGER, description, minimum=minimum, default=default, required=required)


def number(description: str) -> Field:
    """Declare a number."""
    return Field(FieldType.NUMBER, description)


def choice(description: str, *choices: str, default: str | None = None, required: bool = False) -> Field:
    """Declare a text that is one of `choices`."""
    return Field(FieldType.TEXT, description, choices=choices, default=default, required=required)


def objects(of: str, description: str, *, required: bool = False) -> Field:
    """Declare a list of objects of one type."""
    return Field(FieldType.OBJECTS, description, of=of, required=required)
