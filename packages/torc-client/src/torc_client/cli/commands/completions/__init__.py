"""`torc completions`."""

import click

from torc_client.cli.commands.completions import shells
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import RawText

_EXAMPLES = """\b
Examples:
  echo 'eval "$(torc completions bash)"' >> ~/.bashrc
  echo 'eval "$(torc completions zsh)"' >> ~/.zshrc
  torc completions fish > ~/.config/fish/completions/torc.fish
  torc completions elvish >> ~/.config/elvish/rc.elv
  torc completions powershell >> $PROFILE
"""


@command(short_help="Print a shell completion script.", epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(shells.SHELLS))
def completions(app: App, shell: str) -> RawText:
    """Print the script with which SHELL completes the commands and options of torc."""
    del app
    return RawText(shells.script(shell))
