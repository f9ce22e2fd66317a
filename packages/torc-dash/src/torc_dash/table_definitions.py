"""Values as cells of small tables, with the terms of the command line. Pure."""

from torc_client.text import parse_timestamp, timestamp
from torc_dash.tables import Cell, CellKind

NOTHING = Cell("")


def text(value: object) -> Cell:
    """Show a value as text; None as an empty cell."""
    return NOTHING if value is None else Cell(str(value))


def code(value: object) -> Cell:
    """Show a command or an identifier in a monospaced font."""
    return NOTHING if value is None else Cell(str(value), CellKind.CODE)


def number(value: float | None) -> Cell:
    """Show a number; a whole number without a decimal point."""
    if value is None:
        return NOTHING
    return Cell(f"{value:.6g}" if value % 1 else str(int(value)), CellKind.NUMBER)


def time(value: str | None) -> Cell:
    """Show a timestamp to the second, in UTC; other text is shown unchanged."""
    if not value:
        return NOTHING
    kind = CellKind.TEXT if parse_timestamp(value) is None else CellKind.TIME
    return Cell(timestamp(value), kind)


def yes_or_no(value: bool | None) -> Cell:
    """Show a flag in words."""
    return NOTHING if value is None else Cell("yes" if value else "no")
