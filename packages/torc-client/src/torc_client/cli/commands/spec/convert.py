"""`torc spec convert`."""

from pathlib import Path

import click

from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Message, Text
from torc_client.errors import TorcError
from torc_client.spec.conversion import converted
from torc_client.spec.formats import Format, format_of


@command(short_help="Write a spec file in another format.")
@click.argument("file", shell_complete=files)
@click.argument("target")
@click.option("--to", metavar="FORMAT", help="yaml, json, json5 or kdl, where the name of TARGET does not say it.")
@click.option("--force", is_flag=True, help="Overwrite TARGET if it is there.")
def convert(app: App, file: str, target: str, to: str | None, force: bool) -> Message | Text:
    """Write the spec FILE as TARGET, in the format that its name says: .yaml, .json, .json5 or .kdl.

    Both mean the same workflow. Comments, anchors and fields that are null are lost. - is stdin, and stdout with --to.
    """
    del app
    known = {each.value: each for each in Format}
    if to is not None and to not in known:
        raise TorcError(f"There is no format {to!r}.", f"Choose one of {', '.join(known)}.")
    wanted = format_of(target) if to is None else known[to]
    if wanted is None:
        raise TorcError(f"The name {target!r} does not say which format is meant.", f"Add --to {'|'.join(known)}.")
    text = converted(file, wanted)
    if target == "-":
        return Text(text, text)
    try:
        with Path(target).open("w" if force else "x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError as error:
        raise TorcError(f"{target} is there already.", "Give --force to overwrite it.") from error
    except OSError as error:
        raise TorcError(f"{target} cannot be written: {error.strerror}.") from error
    return Message(f"Wrote {target}. Comments are not in it.", {"file": target, "format": wanted.value})
