"""Types of options that accept what people write, and refuse what is not a value."""

import math
from typing import Any

import click

from torc_client.user_path import expanded


class UserPath(click.Path):
    """A path. `~` at its beginning is the home folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Expand `~`, and check the path."""
        return super().convert(expanded(value) if isinstance(value, str) else value, param, ctx)


class FiniteRange(click.FloatRange):
    """A number within limits. `nan` and `inf`, which every comparison with a limit lets pass, are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number. Fails for `nan` and `inf`."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number
