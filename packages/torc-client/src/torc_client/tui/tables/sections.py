"""What the details of a record consist of. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A caption and a value; without a caption, a text. Control characters are visible."""

    caption: str
    value: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class DetailSection:
    """Lines with a heading."""

    title: str
    lines: tuple[SectionLine, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything about a record: a title, sections, what `y` copies with its name, and the job to which it belongs."""

    title: str
    sections: tuple[DetailSection, ...]
    copied: str
    copied_name: str
    job_id: int | None = None
