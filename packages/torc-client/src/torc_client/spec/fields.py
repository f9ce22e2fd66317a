"""What a declaration of the language is made of: objects with fields, and what each field may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    TEXTS = "a list of texts"
    WHOLE = "a whole number"
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
    """One field.

    `means` is a sentence for readers. `of` names the kind of object where it holds objects; `least` bounds whole
    numbers, and with 1 says of a text that it is not blank; `default` is what its absence means, where that is a value;
    `example` is a text as it is written, where that needs showing.
    """

    kind: Kind
    means: str
    required: bool = False
    of: str = ""
    least: int = 0
    choices: tuple[str, ...] = ()
    default: str | int | bool | None = None
    example: str = ""

    @property
    def may_be_blank(self) -> bool:
        """Whether it may be a text without letters."""
        return not self.required and not self.least


@dataclass(frozen=True, slots=True)
class Object:
    """A kind of object. One that is `open` may have fields that nobody knows: they are left out."""

    means: str
    fields: Mapping[str, Field]
    is_open: bool = False


def text(means: str, *, default: str | None = None, example: str = "") -> Field:
    """Declare a text."""
    return Field(Kind.TEXT, means, default=default, example=example)


def name(means: str, *, example: str = "") -> Field:
    """Declare a text that must be there."""
    return Field(Kind.TEXT, means, required=True, example=example)


def word(means: str) -> Field:
    """Declare a text that is not blank where it is there."""
    return Field(Kind.TEXT, means, least=1)


def texts(means: str) -> Field:
    """Declare a list of texts."""
    return Field(Kind.TEXTS, means)


def flag(means: str, *, default: bool | None = None) -> Field:
    """Declare what is true or false."""
    return Field(Kind.FLAG, means, default=default)


def whole(means: str, *, least: int = 0, default: int | None = None, required: bool = False) -> Field:
    """Declare a whole number, not below `least`."""
    return Field(Kind.WHOLE, means, least=least, default=default, required=required)


def choice(means: str, *choices: str, default: str | None = None, required: bool = False) -> Field:
    """Declare a text that is one of a few."""
    return Field(Kind.TEXT, means, choices=choices, default=default, required=required)


def objects(of: str, means: str, *, required: bool = False) -> Field:
    """Declare a list of objects of one kind."""
    return Field(Kind.OBJECTS, means, of=of, required=required)
