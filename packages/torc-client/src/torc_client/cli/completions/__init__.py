"""`torc completions`."""

import click

from torc_client.cli.completions import shells
from torc_client.cli.context import App, command
from torc_client.cli.results import Document


@command(short_help="Print what makes your shell complete torc's words.")
@click.argument("shell", type=click.Choice(shells.SHELLS))
def completions(app: App, shell: str) -> Document:
    r"""Print a script that makes SHELL complete the commands and options of torc.

    \b
    EXAMPLES
      echo 'eval "$(torc completions bash)"' >> ~/.bashrc
      echo 'eval "$(torc completions zsh)"' >> ~/.zshrc
      torc completions fish > ~/.config/fish/completions/torc.fish
      torc completions elvish >> ~/.config/elvish/rc.elv
      torc completions powershell >> $PROFILE
    """
    del app
    return Document(shells.script(shell))
