"""Remove the values of members that look like credentials from JSON text, which may be cut."""

import re

# The text of a value ends at its quote, or where the text was cut.
_SECRET_MEMBER = re.compile(
    r'("[^"\\]{0,60}(?:password|passwd|secret|token|api_?key|credential|authorization|cookie)[^"\\]{0,60}"\s{0,4}:\s{0,4}")'
    r'(?:[^"\\]|\\.)*',
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return the text with ``***`` in place of each text of a member whose name is that of a credential."""
    return _SECRET_MEMBER.sub(r"\1***", text)
