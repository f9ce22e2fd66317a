"""Completion scripts of shells. A script calls torc for the completions, so it does not depend on torc's version.

The script sets _TORC_COMPLETE and the command line so far, calls torc, and reads the possible next words.
"""

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

from torc_client.cli.framework.output.show import write

VARIABLE = "_TORC_COMPLETE"


class _Lines(ShellComplete):
    """A shell that reads one completion on each line: word, tab, help. COMP_LINE is the line up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the complete words, and the incomplete word at the cursor."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line.endswith(" ") else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem) -> str:
        """Return the line of one completion."""
        return f"{item.value}\t{item.help or ''}"


class _Elvish(_Lines):
    """Elvish, https://elv.sh, version 0.18 or later."""

    name = "elvish"
    source_template = """\
use str
set edit:completion:arg-completer[%(prog_name)s] = {|@words|
    var line = (str:join ' ' $words)
    try {
        env %(complete_var)s=elvish_complete COMP_LINE=$line %(prog_name)s | each {|each|
            var word help = (str:split &max=2 "\\t" $each)
            edit:complex-candidate $word &display=$word' '$help
        }
    } catch { }
}
"""


class _PowerShell(_Lines):
    """PowerShell version 5 or later."""

    name = "powershell"
    source_template = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $tree, $cursor)
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_LINE = $tree.ToString().PadRight($cursor).Substring(0, $cursor)
    try {
        %(prog_name)s | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_LINE
    }
}
"""


_SHELL_CLASSES: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "elvish": _Elvish,
    "fish": FishComplete,
    "powershell": _PowerShell,
    "zsh": ZshComplete,
}
SHELLS = tuple(_SHELL_CLASSES)


def script(shell: str) -> str:
    """Return the script for a shell."""
    shell_class = _SHELL_CLASSES[shell]
    # `source()` of BashComplete would start bash to find out its version.
    return shell_class.source_template % shell_class(click.Command("torc"), {}, "torc", VARIABLE).source_vars()


def answer(torc: click.Command, instruction: str) -> int:
    """Print the completions that a shell asks for. Returns the exit code."""
    shell, _, action = instruction.partition("_")
    shell_class = _SHELL_CLASSES.get(shell)
    if shell_class is None or action != "complete":
        return 1
    write(shell_class(torc, {}, "torc", VARIABLE).complete())
    return 0
