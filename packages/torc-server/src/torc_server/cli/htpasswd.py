"""``torc-htpasswd``: the users of the password file of a server."""

import functools
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from torc_server.auth import htpasswd
from torc_server.auth.strength import require_strong
from torc_server.cli.program import Failure, Program
from torc_server.edge.user_name import own_user_name
from torc_server.version import __version__

DEFAULT_URL = "http://localhost:8080/torc-service/v1"

_file = click.option(
    "--file", "-f", "path", type=click.Path(path_type=Path), required=True, help="Path of the password file."
)
_user = click.argument("user")
_password = click.option(
    "--password",
    "-p",
    help="The password. Other users of the machine can see it; without this option, it is asked for.",
)
_cost = click.option(
    "--cost", "-c", type=int, default=htpasswd.COST_DEFAULT, show_default=True, help="bcrypt cost, 4 to 31."
)
_allow_weak = click.option(
    "--allow-weak", is_flag=True, help="Accept a password that is easy to guess, for tests only."
)


def _reloading(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that make a running server reload the file to a command."""
    options = (
        click.option("--reload-auth", is_flag=True, help="Make a running server reload the file."),
        click.option(
            "--url", envvar="TORC_API_URL", default=DEFAULT_URL, show_default=True, show_envvar=True,
            help="URL of that server: http(s)://host:port/torc-service/v1 or unix:///path.",
        ),
        click.option(
            "--server-password", envvar="TORC_PASSWORD", show_envvar=True, help="Your password for that server."
        ),
    )  # fmt: skip

    @functools.wraps(function)
    def change(*arguments: Any, reload_auth: bool, url: str, server_password: str | None, **options: Any) -> None:
        function(*arguments, **options)
        if reload_auth:
            from torc_server.auth.reloading import ReloadError, ask_to_reload  # noqa: PLC0415 - imports an HTTP client, which is slow

            try:
                users = ask_to_reload(url, own_user_name(), server_password)
            except ReloadError as error:
                raise Failure(
                    f"the file was changed, but the server did not reload it: {error}. Send SIGHUP to the server, or"
                    " run `torc admin reload-auth`"
                ) from error
            click.echo(f"The server at {url} reloaded its file: {users} users")

    for option in reversed(options):
        change = option(change)
    return change


class _Refusing(click.Command):
    """A command that prints an error as one line on stderr and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except htpasswd.PasswordFileError as error:
            raise Failure(str(error)) from error


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="torc-htpasswd")
def main() -> None:
    """Edit the password file of a torc-server (bcrypt, one user per line).

    Passwords are asked for, or read from stdin if it is not a terminal.
    """


def _command(function: Callable[..., None]) -> click.Command:
    return main.command(cls=_Refusing, short_help=(function.__doc__ or "").split("\n", 1)[0])(function)


@_command
@_file
@_user
@_password
@_cost
@_allow_weak
@_reloading
def add(path: Path, user: str, password: str | None, cost: int, allow_weak: bool) -> None:
    """Add a user or change the password of one. Creates the file if it does not exist.

    A password that is easy to guess is refused.
    """
    htpasswd.check_user_name(user)
    file = htpasswd.read(path) if path.exists() else htpasswd.PasswordFile(path, ())
    existed = user in file.users
    _check_cost(cost)
    file.with_user(user, _new_hash(password, user, cost, allow_weak)).write()
    click.echo(f"Updated user {user} in {path}" if existed else f"Added user {user} to {path}")


@_command
@click.argument("user", required=False)
@_password
@_cost
@_allow_weak
def hash(user: str | None, password: str | None, cost: int, allow_weak: bool) -> None:  # noqa: A001 - the name of the command
    """Print a line `user:hash` for a password file on another machine. USER defaults to your user name.

    A password that is easy to guess is refused.
    """
    name = user or own_user_name()
    if not name:
        raise Failure("no user name was specified, and your login is unknown; use the argument USER")
    htpasswd.check_user_name(name)
    _check_cost(cost)
    line = f"{name}:{_new_hash(password, name, cost, allow_weak)}"
    click.echo("Send this line to the administrator of the server:", err=True)
    click.echo(line)


@_command
@_file
@_user
@_reloading
def remove(path: Path, user: str) -> None:
    """Remove a user."""
    file = htpasswd.read(path)
    if user not in file.users:
        raise _unknown(user, path)
    file.without_user(user).write()
    click.echo(f"Removed user {user} from {path}")


@_command
@_file
def list(path: Path) -> None:  # noqa: A001 - the name of the command
    """Print the user names, one per line."""
    for user in htpasswd.read(path).users:
        click.echo(user)


@_command
@_file
@_user
@_password
def verify(path: Path, user: str, password: str | None) -> None:
    """Check the password of a user. Exits with 1 if it is wrong or the user is unknown."""
    password_hash = htpasswd.read(path).users.get(user)
    if password_hash is None:
        raise _unknown(user, path)
    if not htpasswd.matches(_password_of(password, confirm=False), password_hash):
        raise Failure(f"the password of {user} is wrong")
    click.echo(f"The password of {user} is correct")


def _unknown(user: str, path: Path) -> click.ClickException:
    return click.ClickException(
        f"there is no user {user} in {path}; `torc-htpasswd list -f {shlex.quote(str(path))}` prints the users"
    )


def _check_cost(cost: int) -> None:
    """Raise an error for an invalid cost, before the user types a password."""
    if not htpasswd.COST_LOWEST <= cost <= htpasswd.COST_HIGHEST:
        htpasswd.hash_password("", cost)


def _new_hash(password: str | None, user: str, cost: int, allow_weak: bool) -> str:
    """Return the hash of a new password. Raises PasswordFileError, also for one that is easy to guess."""
    chosen = _password_of(password, confirm=True)
    if not chosen:
        raise Failure("the password is empty; use another")
    password_hash = htpasswd.hash_password(chosen, cost)
    if not allow_weak:
        require_strong(chosen, user)
    return password_hash


def _password_of(password: str | None, *, confirm: bool) -> str:
    """Return the password of the option, or the first line of stdin, or ask for it in a terminal."""
    if password is not None:
        return password
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt(
        "Password", hide_input=True, confirmation_prompt=confirm, default="", show_default=False, err=True
    )
    return answer
