"""Shells that complete the words of torc: each asks the program itself, so that a script never grows old.

A script sets _TORC_COMPLETE and the words so far, calls torc, and reads what may come next.
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
    """Shells that are given a line each: a word, a tab, its help. COMP_LINE is what was typed up to the cursor."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words so far, and the one that is being written."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line.endswith(" ") else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line."""
        return f"{item.value}\t{item.help or ''}"


class _Elvish(_Lines):
    """Elvish, https://elv.sh, from version 0.18 on."""

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
    """Version 5 or later."""

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


_KINDS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "elvish": _Elvish,
    "fish": FishComplete,
    "powershell": _PowerShell,
    "zsh": ZshComplete,
}
SHELLS = tuple(_KINDS)


def script(shell: str) -> str:
    """Return the script for a shell."""
    kind = _KINDS[shell]
    # Not through `source()`: for bash that starts bash to learn its version.
    return kind.source_template % kind(click.Command("torc"), {}, "torc", VARIABLE).source_vars()


def answer(torc: click.Command, instruction: str) -> int:
    """Answer a shell that asks what may come next; returns the exit code."""
    shell, _, what = instruction.partition("_")
    kind = _KINDS.get(shell)
    if kind is None or what != "complete":
        return 1
    write(kind(torc, {}, "torc", VARIABLE).complete())
    return 0
