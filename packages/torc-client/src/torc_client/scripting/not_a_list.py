"""What a list of calls can do and a mapped workflow cannot: errors that name the method with the values."""

from typing import NoReturn


class NotAList:
    """Raises TypeError where a list would return the values: these are on the server, and some may be missing."""

    def __iter__(self) -> NoReturn:
        raise self._no_list("has no items")

    def __len__(self) -> NoReturn:
        raise self._no_list("has no length")

    def __getitem__(self, position: object) -> NoReturn:
        raise self._no_list("has no positions")

    def __bool__(self) -> bool:
        return True

    def _no_list(self, lack: str) -> TypeError:
        return TypeError(
            f"{type(self).__name__} {lack}. `results()` returns the values in the order of the items, `outcomes()` "
            "everything about each call."
        )
