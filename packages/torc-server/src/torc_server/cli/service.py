"""``torc-server service``: the server as a systemd service of the system or of a user."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from torc_server.cli.program import Failure
from torc_server.cli.run import home_folder, option_of
from torc_server.cli.systemd import (
    UNIT,
    Scope,
    ServiceError,
    install,
    require_installed,
    scope_of,
    systemctl,
    uninstall,
    unit_text,
)
from torc_server.memory import IN_MEMORY
from torc_server.settings import SETTINGS


class _Refusing(click.Command):
    """A command that prints an error as one line on stderr and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ServiceError as error:
            raise Failure(str(error)) from error


class _Services(click.Group):
    command_class = _Refusing


_user = click.option("--user", "is_user", is_flag=True, help="Use a service of your user, which does not need root.")


@click.group(cls=_Services, short_help="Run the server as a systemd service.")
def service() -> None:
    """Install, start, stop or remove the server as a systemd service."""


@click.pass_context
def _install(context: click.Context, /, *, is_user: bool, dry_run: bool, **flags: Any) -> None:
    """Write and enable the unit of systemd. The options of this command become the settings of the server.

    To change settings, run the command again, and then `start`, which restarts a running server.
    """
    scope = scope_of(home_folder(), is_user=is_user)
    given = {
        name: value
        for name, value in flags.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if given.get("database") == IN_MEMORY:
        raise click.UsageError("A service cannot use a database in memory. Use --database with the path of a file.")
    if given.get("daemon"):
        raise click.UsageError("A service always runs in the background. Leave out --daemon.")
    if given.pop("shutdown_on_stdin_eof", False):
        click.echo("A service has no stdin, so --shutdown-on-stdin-eof is left out.", err=True)
    if given.get("https") and given.get("tls_cert") is None:
        raise click.UsageError("--https needs a certificate. Add --tls-cert FILE, and --tls-key FILE with its key.")
    values = {"log_dir": scope.log_folder, "database": scope.database, **given}
    folders = [Path(values["database"]).absolute().parent, Path(values["log_dir"]).absolute()]
    if values.get("backup_dir") is not None:
        folders.append(Path(values["backup_dir"]).absolute())
    arguments = [
        argument
        for setting in SETTINGS
        if setting.name in values
        for argument in setting.kind.arguments(setting.flags[0], values[setting.name])
    ]
    text = unit_text(scope, arguments, folders)
    if dry_run:
        click.echo(f"# {scope.unit}\n{text}", nl=False)
        return
    changed = install(scope, text, folders)
    click.echo(f"{scope.unit} was {'written' if changed else 'not changed'}; start it with {_command(scope, 'start')}")


service.add_command(
    _Refusing(
        "install",
        callback=_install,
        help=_install.__doc__,
        params=[
            click.Option(["--user", "is_user"], is_flag=True, help="Install a service of your user."),
            click.Option(["--dry-run"], is_flag=True, help="Only print the unit."),
            *map(option_of, SETTINGS),
        ],
    )
)


@service.command()
@_user
def start(*, is_user: bool) -> None:
    """Start or restart the server."""
    scope = scope_of(home_folder(), is_user=is_user)
    require_installed(scope)
    systemctl(scope, "restart", UNIT)
    click.echo(f"started; the port is 8080 unless the unit has another, and the log is in {scope.log_folder}")


@service.command()
@_user
def stop(*, is_user: bool) -> None:
    """Stop the server until the next start."""
    scope = scope_of(home_folder(), is_user=is_user)
    require_installed(scope)
    systemctl(scope, "stop", UNIT)
    click.echo("stopped")


@service.command()
@_user
def status(*, is_user: bool) -> None:
    """Print the state of the server. Exits with 1 if it does not run."""
    scope = scope_of(home_folder(), is_user=is_user)
    require_installed(scope)
    state = systemctl(scope, "is-active", UNIT, may_fail=True).strip() or "unknown"
    click.echo(f"{state}; the unit is {scope.unit}")
    if state != "active":
        raise click.exceptions.Exit(1)


@service.command("uninstall")
@_user
def remove(*, is_user: bool) -> None:
    """Stop the server and remove its unit. The database and the logs are kept."""
    scope = scope_of(home_folder(), is_user=is_user)
    removed = uninstall(scope)
    click.echo(f"{scope.unit} {'was removed' if removed else 'does not exist'}; the database and the logs are kept")


def _command(scope: Scope, name: str) -> str:
    return f"`torc-server service {name}{' --user' if scope.is_user else ''}`"
