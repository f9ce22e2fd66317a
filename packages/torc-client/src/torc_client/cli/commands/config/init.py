"""`torc config init`."""

import json

import click

from torc_client import config
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError

# What stands for a value that has no default.
_EXAMPLES = {str: '"..."', int: "4", float: "2.5", bool: "false"}
_PLACES = {"local": 0, "user": 1, "system": 2}


@command(short_help="Begin a file of settings.")
@click.option("--system", "place", flag_value="system", help="For everybody on this machine.")
@click.option("--user", "place", flag_value="user", default="user", help="For you (unless told otherwise).")
@click.option("--local", "place", flag_value="local", help="For this directory: ./torc.toml.")
@click.option("-f", "--force", is_flag=True, help="Replace the file if there is one.")
def init(app: App, place: str, force: bool) -> Message:
    """Begin a file of settings, in which every setting stands as a comment with its default."""
    del app
    path = config.files()[_PLACES[place]]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError as error:
        raise TorcError(f"{path} is there already.", "--force replaces it.") from error
    except OSError as error:
        raise TorcError(f"{path} cannot be written: {error.strerror}.", "Choose --user or --local.") from error
    return Message(f"Wrote {path}.", {"path": str(path)})


def template() -> str:
    """Return a file of settings without any effect."""
    lines = [
        "# Settings of Torc. Take away a # to set something.",
        "# The environment and the command line are stronger: `torc config show` says what holds.",
        "",
        "[client]",
    ]
    table = ""
    for declared in config.DECLARATIONS:
        above, _, key = declared.key.rpartition(".")
        if above != table:
            lines += ["", f"[client.{above}]"]
            table = above
        choices = f" ({', '.join(declared.choices)})" if declared.choices else ""
        value = json.dumps(declared.default) if declared.default is not None else _EXAMPLES[declared.kind]
        lines += [f"# {declared.help}{choices}", f"# {key} = {value}"]
    lines += ["", "# The tables of other programs: [server] for torc-server, [dash] for torc-dash.", ""]
    return "\n".join(lines)
