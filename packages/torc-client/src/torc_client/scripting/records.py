"""Lists of records that become a table of pandas or polars, where these are installed."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from torc_client.errors import TorcError
from torc_client.scripting.columns import Kind, columns_of, values_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

T = TypeVar("T")

_PANDAS_DTYPES = {
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.TEXT: "string",
    Kind.TRUTH: "boolean",
    Kind.TIME: "datetime64[us, UTC]",
    Kind.INTEGERS: "object",
    Kind.JSON: "string",
    Kind.ERROR: "string",
}


class Records(list[T]):
    """A list of records, such as jobs or results, with a column for each member when it becomes a table.

        files = Records(torc.iterate("files", "list_files", workflow_id=1), FileModel)
        files.to_pandas()

    Enums and errors become texts, points in time are in UTC, and what no column can hold is JSON. An empty list has the
    same columns.
    """

    def __init__(self, records: Iterable[T], record_type: type[T]) -> None:
        super().__init__(records)
        self.record_type = record_type

    def to_pandas(self) -> "pd.DataFrame":
        """Return a pandas.DataFrame. Raises TorcError where pandas is not installed."""
        library = _library("pandas")
        columns = {
            name: library.Series(values_of(self, name, kind), dtype=_PANDAS_DTYPES.get(kind))
            for name, kind in columns_of(self.record_type).items()
        }
        return cast("pd.DataFrame", library.DataFrame(columns))

    def to_polars(self) -> "pl.DataFrame":
        """Return a polars.DataFrame. Raises TorcError where polars is not installed."""
        library = _library("polars")
        dtypes = {
            Kind.INTEGER: library.Int64,
            Kind.NUMBER: library.Float64,
            Kind.TEXT: library.String,
            Kind.TRUTH: library.Boolean,
            Kind.TIME: library.Datetime("us", "UTC"),
            Kind.INTEGERS: library.List(library.Int64),
            Kind.JSON: library.String,
            Kind.ERROR: library.String,
        }
        columns = []
        for name, kind in columns_of(self.record_type).items():
            values = values_of(self, name, kind)
            if kind is Kind.ANYTHING:
                columns.append(_of_anything(library, name, values))
            else:
                columns.append(library.Series(name, values, dtype=dtypes[kind]))
        return cast("pl.DataFrame", library.DataFrame(columns))


def _of_anything(polars: Any, name: str, values: list[Any]) -> Any:
    """Let polars find what the values of a function are; those of no type that it knows stay Python objects."""
    try:
        return polars.Series(name, values)
    except (TypeError, ValueError, polars.exceptions.PolarsError):
        return polars.Series(name, values, dtype=polars.Object)


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise TorcError(
            f"A table of {name} needs {name}, which is not installed beside this Python.",
            f"Install it with: pip install 'torc-client[{name}]'.",
        ) from error
