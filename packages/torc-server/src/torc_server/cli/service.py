"""``torc-server service``: the server as a service of systemd, the system's or your own."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

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
    """A command whose failures become one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ServiceError as error:
            raise click.ClickException(str(error)) from error


class _Services(click.Group):
    command_class = _Refusing


_user = click.option("--user", "is_user", is_flag=True, help="A service of your own, which needs no administrator.")


@click.group(cls=_Services, short_help="Let systemd start, watch and stop the server.")
def service() -> None:
    """Install, start, stop or remove the server as a service of systemd."""


@click.pass_context
def _install(context: click.Context, /, *, is_user: bool, dry_run: bool, **flags: Any) -> None:
    """Write the unit and let it start with the system; all settings given here become its own.

    Again with other settings it replaces the unit; `start` brings them to a running server.
    """
    scope = scope_of(home_folder(), is_user=is_user)
    given = {
        name: value
        for name, value in flags.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if given.get("database") == IN_MEMORY:
        raise click.UsageError("A service keeps its database in a file: name one with --database.")
    if given.get("daemon"):
        raise click.UsageError("A service is in the background anyway: leave out --daemon.")
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
    click.echo(f"{scope.unit} {'is written' if changed else 'is as it was'}; start it with {_command(scope, 'start')}")


service.add_command(
    _Refusing(
        "install",
        callback=_install,
        help=_install.__doc__,
        params=[
            click.Option(["--user", "is_user"], is_flag=True, help="A service of your own."),
            click.Option(["--dry-run"], is_flag=True, help="Only print the unit."),
            *(option_of(setting) for setting in SETTINGS if setting.name != "shutdown_on_stdin_eof"),
        ],
    )
)


@service.command()
@_user
def start(*, is_user: bool) -> None:
    """Start the service, or start it anew where it runs."""
    scope = scope_of(home_folder(), is_user=is_user)
    require_installed(scope)
    systemctl(scope, "restart", UNIT)
    click.echo(f"started; its port is 8080 unless the unit says otherwise, and its log is in {scope.log_folder}")


@service.command()
@_user
def stop(*, is_user: bool) -> None:
    """Stop the service until the next start."""
    scope = scope_of(home_folder(), is_user=is_user)
    require_installed(scope)
    systemctl(scope, "stop", UNIT)
    click.echo("stopped")


@service.command()
@_user
def status(*, is_user: bool) -> None:
    """Say whether the service runs; exit status 1 where it does not."""
    scope = scope_of(home_folder(), is_user=is_user)
    require_installed(scope)
    state = systemctl(scope, "is-active", UNIT, may_fail=True).strip() or "unknown"
    click.echo(f"{state}; the unit is {scope.unit}")
    if state != "active":
        raise click.exceptions.Exit(1)


@service.command("uninstall")
@_user
def remove(*, is_user: bool) -> None:
    """Stop the service and remove its unit. The database and the logs stay."""
    scope = scope_of(home_folder(), is_user=is_user)
    removed = uninstall(scope)
    click.echo(f"{scope.unit} {'is removed' if removed else 'was not there'}; database and logs stay as they are")


def _command(scope: Scope, name: str) -> str:
    return f"`torc-server service {name}{' --user' if scope.is_user else ''}`"
