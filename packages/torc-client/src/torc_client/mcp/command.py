"""`torc-mcp-server`. Its help needs no library of the protocol."""

import importlib.util
import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from torc_client import log_format, tls
from torc_client.edge.private_socket import ListenError
from torc_client.errors import TorcError
from torc_client.mcp.settings import ALLOWANCES
from torc_client.option_types import UserPath
from torc_client.version import __version__

_MISSING = (
    "torc-mcp-server needs the Python package `mcp`, which is not installed. "
    "Install the extra: pip install 'torc-client[mcp]'"
)
_EXISTING = UserPath(exists=True, file_okay=False, path_type=Path)


def _words(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> frozenset[str]:
    """Split words with commas between, and refuse unknown ones."""
    del context, parameter
    words = frozenset(word.strip() for text in value for word in text.split(",") if word.strip())
    if "all" in words:
        return frozenset(ALLOWANCES)
    unknown = sorted(words - ALLOWANCES.keys())
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)} is none of {', '.join(ALLOWANCES)}, all.")
    return words


@click.command("torc-mcp-server", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--api-url", metavar="URL", help="URL of the Torc server.  [env: TORC_API_URL]")
@click.option(
    "--output-dir",
    envvar="TORC_OUTPUT_DIR",
    type=UserPath(path_type=Path),
    default=Path("torc_output"),
    help="Folder with the logs of runners.  [env: TORC_OUTPUT_DIR; default: torc_output]",
)
@click.option("--password", metavar="TEXT", help="Password; the variable is safer.  [env: TORC_PASSWORD]")
@click.option("--tls-ca-cert", metavar="FILE", help="Certificate of an additional authority.  [env: TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate; only for tests.  [env: TORC_TLS_INSECURE]")
@click.option("--docs-dir", envvar="TORC_DOCS_DIR", type=_EXISTING, help="Other documentation.  [env: TORC_DOCS_DIR]")
@click.option(
    "--examples-dir", envvar="TORC_EXAMPLES_DIR", type=_EXISTING, help="Other examples.  [env: TORC_EXAMPLES_DIR]"
)
@click.option(
    "--spec-dir",
    "spec_dirs",
    multiple=True,
    type=_EXISTING,
    help="Folder below which specs are read and saved. Repeatable.  [default: the current one]",
)
@click.option(
    "--http",
    metavar="SOCKET|HOST:PORT",
    help="Listen for HTTP instead of stdin: on a UNIX socket of your own, or on 127.0.0.1 with a token.",
)
@click.option("--read-only", is_flag=True, help="Offer only tools that change nothing.")
@click.option(
    "--allow",
    multiple=True,
    callback=_words,
    metavar="WORDS",
    help=f"Offer further tools: {', '.join(ALLOWANCES)}, or all. Repeatable, or with commas between.",
)
@click.option(
    "--log-level",
    type=click.Choice(["error", "warn", "info", "debug", "trace"]),
    default="warn",
    help="Lowest level of messages on stderr.  [default: warn]",
)
@click.version_option(__version__, prog_name="torc-mcp-server")
def mcp_command(*, tls_ca_cert: str | None, tls_insecure: bool, log_level: str, **options: Any) -> None:
    """Let an assistant work with Torc, by the Model Context Protocol.

    \b
    An assistant starts it, for example:
      claude mcp add torc -- torc-mcp-server --api-url http://localhost:8080/torc-service/v1
    To let the assistant run and retry jobs, too:
      torc-mcp-server --allow run,retry

    Changes take two steps: the assistant gets a plan, and applies it when you agree. Nothing is read from the internet.
    """  # noqa: D301 - \b is click's mark for lines that are not wrapped
    if importlib.util.find_spec("mcp") is None:
        raise click.ClickException(_MISSING)
    if tls_ca_cert:
        os.environ[tls.CA_VARIABLE] = tls_ca_cert
    if tls_insecure:
        os.environ[tls.INSECURE_VARIABLE] = "true"
    level = {"warn": "WARNING", "trace": "DEBUG"}.get(log_level, log_level.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(log_format.LogFormatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    # Imported here because `--help` needs none of this, and the package may be missing.
    from torc_client.mcp.lifecycle import serve  # noqa: PLC0415

    try:
        serve(options, lambda sentence: click.echo(sentence, err=True))
    except ListenError as error:
        raise click.ClickException(str(error)) from error
    except TorcError as error:
        raise click.ClickException(" ".join(part for part in (error.message, error.hint) if part)) from error


def main() -> None:
    """Run the program."""
    # The standard streams stay as they are: the protocol uses them.
    mcp_command(prog_name="torc-mcp-server")
