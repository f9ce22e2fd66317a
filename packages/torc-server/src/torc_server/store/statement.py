"""SQL text as a type, so that a transaction accepts declared statements and no assembled strings."""

from typing import ClassVar, Self


class Statement(str):
    """SQL text with its parameters by name (``:workflow_id``), written next to the function that owns it.

    ``Statement("...", hot=True)`` marks a statement of the main path. A test prepares every statement, and fails if
    the query plan of a hot one scans a table.
    """

    __slots__ = ("hot",)
    hot: bool
    declared: ClassVar[list["Statement"]] = []

    def __new__(cls, text: str, *, hot: bool = False) -> Self:
        """Declare a statement at import, so that the test finds it."""
        statement = super().__new__(cls, text)
        statement.hot = hot
        cls.declared.append(statement)
        return statement
