"""Remove the values of members and parameters that look like credentials from bodies and queries."""

import json
import re
from typing import Any
from urllib.parse import unquote_plus

from torc_server.edge.log_redaction import redacted

HIDDEN = "***"
_CREDENTIAL = re.compile(
    r"passw|passphrase|pass(?![a-z])|pwd|secret|token|(?:api|access|private|claim)[_.-]?key"
    r"|credential|authorization|cookie",
    re.IGNORECASE,
)
# The same names in text that is not valid JSON. A value ends at its quote, or where the text was cut.
_SECRET_MEMBER = re.compile(
    r'("[^"\\]{0,60}(?:passw|passphrase|pass(?![a-z])|pwd|secret|token|(?:api|access|private|claim)[_.-]?key'
    r'|credential|authorization|cookie)[^"\\]{0,60}"\s{0,4}:\s{0,4}")(?:[^"\\]|\\.)*',
    re.IGNORECASE,
)


def without_secrets(text: str) -> str | None:
    """Return JSON text with ``***`` in place of each credential, or None if the text is not valid JSON.

    Credentials are the values of members with the name of one, of any type, also in JSON that is the text of a value,
    and those that the log omits. Text without credentials stays as it is.
    """
    try:
        value = json.loads(text, object_pairs_hook=_Pairs)
        shown = _shown(value)
    except ValueError:
        return None
    except RecursionError:
        return json.dumps(HIDDEN)
    return text if shown is value else json.dumps(shown, separators=(",", ":"))


def without_secret_texts(text: str) -> str:
    """Return any text without credentials, also one that was cut: ``***`` in place of the texts of members."""
    return redacted(_SECRET_MEMBER.sub(rf"\1{HIDDEN}", text))


def query_without_secrets(query: str) -> str:
    """Return a query string with ``***`` in place of each credential."""
    pairs = (pair.partition("=") for pair in query.split("&"))
    shown = (name + equals + (HIDDEN if value and _is_credential(unquote_plus(name)) else value)
             for name, equals, value in pairs)  # fmt: skip
    return redacted("?" + "&".join(shown))[1:]


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object, also repeated ones."""


def _is_credential(name: str) -> bool:
    return _CREDENTIAL.search(name) is not None


def _shown(value: Any) -> Any:
    """Return a parsed value without credentials: the same object if it has none."""
    match value:
        case _Pairs():
            members = {
                name: HIDDEN if member is not None and _is_credential(name) else _shown(member)
                for name, member in value
            }
            is_same = len(members) == len(value) and all(members[name] is member for name, member in value)
            return value if is_same else {name: _plain(member) for name, member in members.items()}
        case list():
            items = [_shown(item) for item in value]
            is_same = all(new is old for new, old in zip(items, value, strict=True))
            return value if is_same else [_plain(item) for item in items]
        case str():
            shown = without_secrets(value) if value.lstrip()[:1] in {"{", "[", '"'} else None
            shown = without_secret_texts(value) if shown is None else shown
            return value if shown == value else shown
        case _:
            return value


def _plain(value: Any) -> Any:
    """Return a parsed value as one that can be written."""
    match value:
        case _Pairs():
            return {name: _plain(member) for name, member in value}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value
