"""Scripts that call `map` where jobs would call it again: outside of `if __name__ == "__main__":`."""

import ast
import sys
import threading
from pathlib import Path
from types import FrameType, ModuleType

from torc_client.code_loading import GUARD, FunctionNotImportableError
from torc_client.mapping.function import Reference


def require_main_guard(reference: Reference, module: ModuleType | None) -> None:
    """Raise FunctionNotImportableError if this process executes `map` while it loads the module of the function.

    Jobs load it too. The main part of a script, below its guard, is not loaded by jobs. What cannot be decided here is
    found out by the jobs.
    """
    if module is None or "pickled" in reference:
        return
    line = _line_in_progress(module)
    if line is None or (module.__name__ == "__main__" and _is_guarded(module, line)):
        return
    raise FunctionNotImportableError(
        f"Line {line} of {module.__file__} leads to `map`, and would do so in each job, which loads this file to call "
        f"{reference['func']}.",
        GUARD,
    )


def _line_in_progress(module: ModuleType) -> int | None:
    """Return the line of the module that the main thread executes while it loads the module; None if it does not."""
    frame: FrameType | None = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - documented
    while frame is not None:
        code = frame.f_code
        # A prompt executes its lines in the main module too.
        if frame.f_globals is vars(module) and code.co_name == "<module>" and not code.co_filename.startswith("<"):
            return frame.f_lineno
        frame = frame.f_back
    return None


def _is_guarded(module: ModuleType, line: int) -> bool:
    """Return whether a condition with `__name__` decides about the line. True if the file cannot be read."""
    try:
        tree = ast.parse(Path(module.__file__ or "").read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True
    return any(
        isinstance(node, ast.If)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        and any(isinstance(name, ast.Name) and name.id == "__name__" for name in ast.walk(node.test))
        for node in ast.walk(tree)
    )
