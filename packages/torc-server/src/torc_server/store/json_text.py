"""JSON as a parameter of a statement: the way to give it any number of values, for ``json_each``."""

from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()


def json_text(value: Any) -> str:
    """Write numbers, texts and lists as JSON. Many times faster than the standard library, which counts here."""
    return _encoder.encode(value).decode()
