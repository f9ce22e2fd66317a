"""The reference page of the keys of the terminal interface, generated from their table."""

from collections.abc import Iterator

from torc_client.tui.keys import Key, Scope, keys_of


def terminal_keys_page() -> Iterator[str]:
    """Yield every key by the place where it works."""
    yield "# Keys of the terminal interface"
    yield (
        "The keys of `torc tui` by the place where they work: everywhere, in tables, in a view, in a viewer. In the "
        "program, `?` lists those that work at the moment, and `:` searches for a command. With `--read-only`, keys "
        "that change something are hidden and refused; *yes* in the last column marks them. How to use the program: "
        "[Use the terminal interface](../how-to/use-the-terminal-interface.md)."
    )
    for scope in Scope:
        keys = keys_of(scope)
        if keys:
            yield f"## {scope.value}"
            rows = [_row(key) for key in keys]
            yield "| Key | What it does | Changes |\n|---|---|---|\n" + "\n".join(rows)


def _row(key: Key) -> str:
    return f"| `{key.shown}` | {key.help} | {'yes' if key.changes else ''} |".replace("|  |", "| |")
