"""``torc-server openapi``: the OpenAPI document of the API."""

import json
from pathlib import Path

import click

from torc_server.cli.program import Failure
from torc_server.edge.output_files import write_text


@click.command()
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Output file instead of stdout.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document."""
    from torc_server.api.document import build  # noqa: PLC0415 - imports marshmallow, which is slow

    text = json.dumps(build(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        write_text(output, text)
    except OSError as error:
        raise Failure(f"cannot write {output}: {error.strerror}") from error
