"""`torc remote-agent`: what `torc remote` runs on other machines. It is not in the list of commands."""

import sys

import click

from torc_client.remote.agent.operations import serve


@click.command("remote-agent", hidden=True, short_help="Serve `torc remote` of another machine.")
def remote_agent() -> None:
    """Perform one request of `torc remote`: JSON on stdin, the answer on stdout. Programs call it through ssh."""
    serve(sys.stdin.buffer.read(), sys.stdout.buffer)
