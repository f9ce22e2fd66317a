"""The loading of users' code in jobs that call a function of it: meanwhile it must not create workflows."""

from collections.abc import Iterator
from contextlib import contextmanager

from torc_client.errors import TorcError

GUARD = "Put the code that creates and runs workflows under `if __name__ == '__main__':`."
_is_loading = False


class FunctionNotImportableError(TorcError):
    """Jobs cannot import the function, and it cannot be pickled."""


@contextmanager
def code_loading() -> Iterator[None]:
    """Let `require_no_code_loading` refuse while this job loads a module or a script."""
    global _is_loading  # noqa: PLW0603 - it is this process that loads
    was_loading, _is_loading = _is_loading, True
    try:
        yield
    finally:
        _is_loading = was_loading


def require_no_code_loading() -> None:
    """Raise FunctionNotImportableError in a job that loads code, which would create its workflows once for each job."""
    if _is_loading:
        raise FunctionNotImportableError(
            "The code that this job loads to call a function of it creates a workflow, and would do so in each job.",
            GUARD,
        )
