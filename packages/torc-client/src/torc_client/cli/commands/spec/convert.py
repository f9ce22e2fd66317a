"""`torc spec convert`."""

from pathlib import Path

import click

from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.results import Message, Text
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.spec.conversion import converted
from torc_client.spec.formats import Format, format_of


@command(short_help="Convert a spec file to another format.")
@click.argument("file", shell_complete=files)
@click.argument("target")
@click.option("--to", metavar="FORMAT", help="Format of TARGET: yaml, json, json5 or kdl.  [default: from the name]")
@click.option("--force", is_flag=True, help="Overwrite TARGET if it exists.")
def convert(app: App, file: str, target: str, to: str | None, force: bool) -> Message | Text:
    """Convert the spec FILE to TARGET. The name of TARGET selects the format: .yaml, .json, .json5 or .kdl.

    Both files describe the same workflow. Comments, anchors and null fields are lost. - as FILE reads stdin; - as
    TARGET writes to stdout and needs --to.
    """
    del app
    known = {each.value: each for each in Format}
    if to is not None and to not in known:
        raise TorcError(f"There is no format {to!r}.", f"Choose one of {', '.join(known)}.")
    wanted = format_of(target) if to is None else known[to]
    if wanted is None:
        raise TorcError(f"The name {target!r} does not select a format.", f"Add --to {'|'.join(known)}.")
    text = converted(file, wanted)
    if target == "-":
        return Text(text, text)
    try:
        write_text(Path(target), text, replaces=force)
    except FileExistsError as error:
        raise TorcError(f"{target} exists.", "Use --force to overwrite it.") from error
    except OSError as error:
        raise TorcError(f"Cannot write {target}: {error.strerror}.") from error
    return Message(f"Wrote {target}. Comments were not converted.", {"file": target, "format": wanted.value})
