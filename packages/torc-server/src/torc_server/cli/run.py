"""``torc-server run``: runs the server. The options are made from the table of settings."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from torc_server.cli.program import Failure
from torc_server.edge.private_socket import ListenError
from torc_server.edge.standard_streams import streams
from torc_server.setting import SWITCH
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
        multiple=kind.repeatable,
        help=text,
    )


def _with_settings(function: Callable[..., None]) -> click.Command:
    options: list[click.Parameter] = [option_of(setting) for setting in SETTINGS]
    return click.Command("run", callback=function, params=options, help=function.__doc__)


def settings_of(context: click.Context, flags: dict[str, Any]) -> Settings:
    """Combine the options of the command line, the environment and the configuration files. Raises SettingsError."""
    given = {
        name: value
        for name, value in flags.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    return load(given, os.environ, Path.cwd(), home_folder())


def home_folder() -> Path:
    """Return the home directory of the user, or ``~`` if there is none."""
    return Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises if there is none


@_with_settings
@click.pass_context
def run(context: click.Context, /, **flags: Any) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    A setting comes from the first of these sources that has it: the command line, the environment, ./torc.toml,
    ~/.config/torc/config.toml, /etc/torc/config.toml. With --socket and without --host or --port, the server listens
    only on the socket. Requests over the socket need no password, because only you can open it. SIGHUP makes the
    server reload its password file and its certificate; a server that has neither stops, unless it was started with
    nohup.
    """
    # Imported here, so that help and usage errors do not import the web server.
    from torc_server.cli.background import go_on_in_background  # noqa: PLC0415
    from torc_server.lifecycle import serve  # noqa: PLC0415

    try:
        settings = settings_of(context, flags)
        streams.ignore_failures()
        if settings.daemon:
            go_on_in_background()
        serve(settings)
    except (CannotStart, ListenError) as error:
        raise Failure(str(error)) from error
