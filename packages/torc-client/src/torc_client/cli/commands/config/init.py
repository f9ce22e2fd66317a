"""`torc config init`."""

import json

import click

from torc_client import config
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message
from torc_client.edge.output_files import OWN, write_text
from torc_client.errors import TorcError
from torc_client.settings_files import files

# Placeholders for settings without a default.
_EXAMPLES = {str: '"..."', int: "4", float: "2.5", bool: "false"}
_PLACES = {"local": 0, "user": 1, "system": 2}


@command(short_help="Create a settings file.")
@click.option("--system", "place", flag_value="system", help="For all users of this machine.")
@click.option("--user", "place", flag_value="user", default="user", help="For you (default).")
@click.option("--local", "place", flag_value="local", help="For this directory: ./torc.toml.")
@click.option("-f", "--force", is_flag=True, help="Replace an existing file.")
def init(app: App, place: str, force: bool) -> Message:
    """Create a settings file that has every setting as a comment with its default."""
    del app
    path = files()[_PLACES[place]]
    try:
        write_text(path, template(), OWN, replaces=force)
    except FileExistsError as error:
        raise TorcError(f"{path} exists.", "Use --force to replace it.") from error
    except OSError as error:
        raise TorcError(f"Cannot write {path}: {error.strerror}.", "Use --user or --local.") from error
    return Message(f"Wrote {path}.", {"path": str(path)})


def template() -> str:
    """Return a settings file with all settings commented out."""
    lines = [
        "# Settings of Torc. Remove the # of a line to change its setting.",
        "# Environment variables and options take precedence: `torc config show` prints the values in use.",
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
    lines += ["", "# Tables of other programs: [server] for torc-server, [dash] for torc-dash.", ""]
    return "\n".join(lines)
