"""Names as a terminal may show them."""


def printable(text: str) -> str:
    """Replace what a terminal might obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
