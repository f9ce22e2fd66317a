"""``torc-dash``, and ``torc dash`` as a plugin of the client's command line."""

import logging
import os
import sys
from typing import Any

import click

from torc_client import log_format
from torc_client.edge import standard_streams
from torc_client.for_terminal import for_terminal
from torc_dash.version import __version__


@click.command("dash", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", help="Address for the browser.  [default: 127.0.0.1]")
@click.option(
    "-p", "--port", type=click.IntRange(0, 65535), help="Port for the browser; 0 takes a free one.  [default: 8090]"
)
@click.option(
    "--socket", metavar="PATH", help="UNIX socket for the browser, only for your user, instead of host and port."
)
@click.option(
    "--allowed-host", "allowed_hosts", multiple=True, metavar="NAME", help="Additional host name that browsers may use."
)
@click.option("-a", "--api-url", metavar="URL", help="Server to show.  [env: TORC_API_URL]")
@click.option("--tls-ca-cert", metavar="FILE", help="Certificate of an additional authority.  [env: TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate; only for tests.  [env: TORC_TLS_INSECURE]")
@click.option("--standalone", is_flag=True, default=None, help="Start a torc-server, and stop it on exit.")
@click.option("--torc-bin", expose_value=False, help="Accepted, without effect: this version starts no such program.")
@click.option("--torc-server-bin", metavar="PROGRAM", help="Server program to start.  [env: TORC_SERVER_BIN]")
@click.option("--server-host", help="Where the started server listens for runners.  [default: 0.0.0.0]")
@click.option("--server-port", type=click.IntRange(0, 65535), help="Its port; 0 takes a free one.  [default: 0]")
@click.option("--database", metavar="FILE", help="Its database.  [env: DATABASE_URL; default: torc.db]")
@click.option(
    "--completion-check-interval-secs", type=float, help="Accepted, without effect: this version does not poll."
)
@click.option(
    "--log-level",
    type=click.Choice(["error", "warn", "info", "debug", "trace"]),
    help="Lowest level of messages on stderr.  [default: warn]",
)
@click.option("--read-only", is_flag=True, default=None, help="Show everything, change nothing.")
@click.version_option(__version__, prog_name="torc-dash")
def dash_command(*, tls_ca_cert: str | None, tls_insecure: bool, **flags: Any) -> None:
    """Show workflows in a web browser.

    \b
    On a login node, only for your user:
      torc-dash --standalone --socket /tmp/torc-dash-$USER.sock
    On your own machine, for a running server:
      torc-dash --api-url http://localhost:8080/torc-service/v1

    With a TCP port, the program prints a link for one use: open it in your browser. On a socket, no link is necessary.

    A started server also listens for runners on --server-host. It requires its password, which the commands and
    runners of your user find in ~/.torc/credentials.json.
    """  # noqa: D301 - \b is click's mark for lines that are not wrapped
    # Imported here because `--help` needs no web server.
    import asyncio  # noqa: PLC0415

    from torc_client import tls  # noqa: PLC0415
    from torc_client.edge.private_socket import ListenError  # noqa: PLC0415
    from torc_client.errors import TorcError  # noqa: PLC0415
    from torc_dash import lifecycle, settings  # noqa: PLC0415

    if tls_ca_cert:
        os.environ[tls.CA_VARIABLE] = tls_ca_cert
    if tls_insecure:
        os.environ[tls.INSECURE_VARIABLE] = "true"
    try:
        chosen = settings.load(flags)
        standard_streams.streams.ignore_failures()
        level = {"warn": "WARNING", "trace": "DEBUG"}.get(chosen.log_level, chosen.log_level.upper())
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(log_format.LogFormatter("%(levelname)s %(message)s"))
        logging.basicConfig(level=level, handlers=[handler])
        asyncio.run(lifecycle.serve(chosen, _show))
    except ListenError as error:
        click.echo(for_terminal(f"Error: {error}", sys.stderr), err=True)
        sys.exit(1)
    except TorcError as error:
        sentences = " ".join(part for part in (error.message, error.hint) if part)
        click.echo(for_terminal(f"Error: {sentences}", sys.stderr), err=True)
        sys.exit(1)


def _show(line: str) -> None:
    # An indented line is a command, which stays whole so that it can be copied.
    click.echo(line if line.startswith(" ") else for_terminal(line, sys.stdout))


def main() -> None:
    """Run the program."""
    standard_streams.run(lambda: dash_command(prog_name="torc-dash"))
