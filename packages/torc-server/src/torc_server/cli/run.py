"""``torc-server run``: options from the table of settings, then the server until it is told to stop."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from torc_server.setting import NAMES, SWITCH
from torc_server.settings import SETTINGS, Setting, Settings, load
from torc_server.start_errors import CannotStart


def option_of(setting: Setting) -> click.Option:
    """Make the option of a setting."""
    notes = [] if setting.default in {None, False, ()} else [f"default: {setting.default}"]
    notes += [] if setting.variable is None else [f"env: {setting.variable}"]
    text = f"{setting.help} [{'; '.join(notes)}]" if notes else setting.help
    kind = setting.kind
    return click.Option(
        [*setting.flags, setting.name],
        type=kind.click_type,
        # Not False: click would make the value of the option optional, and refuse one that begins with "-".
        is_flag=True if kind is SWITCH else None,
        multiple=kind is NAMES,
        help=text,
    )


def _with_settings(function: Callable[..., None]) -> click.Command:
    options: list[click.Parameter] = [option_of(setting) for setting in SETTINGS]
    return click.Command("run", callback=function, params=options, help=function.__doc__)


def settings_of(context: click.Context, flags: dict[str, Any]) -> Settings:
    """Put the flags that were given over environment and configuration files. Raises SettingsError."""
    given = {
        name: value
        for name, value in flags.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    return load(given, os.environ, Path.cwd(), home_folder())


def home_folder() -> Path:
    """Give the user's home, or what stands for it where there is none."""
    return Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() fails where there is none


@_with_settings
@click.pass_context
def run(context: click.Context, /, **flags: Any) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    Settings come from the command line, the environment, ./torc.toml, ~/.config/torc/config.toml and
    /etc/torc/config.toml, the first that has one. With --socket and without --host or --port the server listens
    on the socket alone. Requests over the socket need no password: only you can open it. SIGHUP makes the server
    read its password file again.
    """
    # Imported here so that help and usage errors need no web server.
    from torc_server.cli.background import go_on_in_background  # noqa: PLC0415
    from torc_server.lifecycle import serve  # noqa: PLC0415

    try:
        settings = settings_of(context, flags)
        if settings.daemon:
            go_on_in_background()
        serve(settings)
    except CannotStart as error:
        raise click.ClickException(str(error)) from error
