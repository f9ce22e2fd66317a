"""Lists of records that can be converted to a table of pandas or polars, if these are installed."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from torc_client.errors import TorcError
from torc_client.scripting.columns import ColumnType, columns_of, values_of
from torc_client.scripting.html_table import html_table

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

T = TypeVar("T")

_PANDAS_DTYPES = {
    ColumnType.INTEGER: "Int64",
    ColumnType.NUMBER: "float64",
    ColumnType.TEXT: "string",
    ColumnType.TRUTH: "boolean",
    ColumnType.TIME: "datetime64[us, UTC]",
    ColumnType.INTEGERS: "object",
    ColumnType.JSON: "string",
    ColumnType.ERROR: "string",
}


class Records(list[T]):
    """A list of records, such as jobs or results. As a table, it has a column for each member of the records.

        files = Records(torc.iterate(torc.files.list_files, workflow_id=1), FileModel)
        files.to_pandas()

    Notebooks show the first records as a table. In tables of pandas and polars, enums and errors become texts,
    timestamps are in UTC, and values of other types become JSON. An empty list has the same columns.
    """

    def __init__(self, records: Iterable[T], record_type: type[T]) -> None:
        super().__init__(records)
        self.record_type = record_type

    def _repr_html_(self) -> str:
        return html_table(self, self.record_type)

    def to_pandas(self) -> "pd.DataFrame":
        """Return a `pandas.DataFrame`. Raises TorcError if pandas is not installed."""
        library = _library("pandas")
        columns = {
            name: library.Series(values_of(self, name, column_type), dtype=_PANDAS_DTYPES.get(column_type))
            for name, column_type in columns_of(self.record_type).items()
        }
        return cast("pd.DataFrame", library.DataFrame(columns))

    def to_polars(self) -> "pl.DataFrame":
        """Return a `polars.DataFrame`. Raises TorcError if polars is not installed."""
        library = _library("polars")
        dtypes = {
            ColumnType.INTEGER: library.Int64,
            ColumnType.NUMBER: library.Float64,
            ColumnType.TEXT: library.String,
            ColumnType.TRUTH: library.Boolean,
            ColumnType.TIME: library.Datetime("us", "UTC"),
            ColumnType.INTEGERS: library.List(library.Int64),
            ColumnType.JSON: library.String,
            ColumnType.ERROR: library.String,
        }
        columns = []
        for name, column_type in columns_of(self.record_type).items():
            values = values_of(self, name, column_type)
            if column_type is ColumnType.ANYTHING:
                columns.append(_of_anything(library, name, values))
            else:
                columns.append(library.Series(name, values, dtype=dtypes[column_type]))
        return cast("pl.DataFrame", library.DataFrame(columns))


def _of_anything(polars: Any, name: str, values: list[Any]) -> Any:
    """Make a column of a type that polars infers. Values of a type that it does not support stay Python objects."""
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
            f"{name} is not installed in this Python environment.",
            f"Install it with: pip install 'torc-client[{name}]'.",
        ) from error
