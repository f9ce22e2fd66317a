"""Count the values of a JSON text without making objects."""

import re

from torc_server.resources.steps import step

# Bytes of one step: about 15 ms at worst.
STEP_BYTES = 256 * 1024
# Each of these begins a value: the first of a list or an object, or the next one.
BEGINNINGS = b",[{"
_NO_BEGINNING = bytes(set(range(256)) - set(BEGINNINGS))
_NEITHER_BEGINNING_NOR_QUOTE = bytes(set(range(256)) - set(BEGINNINGS + b'"'))
_ESCAPE = re.compile(rb"\\.", re.DOTALL)


def has_more_values(text: bytes, most: int) -> bool:
    """Whether a JSON text has more than `most` values: items of lists and members of objects.

    An empty list counts as one value. The time is linear in the size of the text, also of one that is not valid JSON.
    """
    return _most_values(text) > most and _count_values(text, most) > most


def _most_values(text: bytes) -> int:
    """Return the number of values, and of characters in texts that look like the beginning of one."""
    count = 0
    for start in range(0, len(text), STEP_BYTES):
        step()
        count += len(text[start : start + STEP_BYTES].translate(None, _NO_BEGINNING))
    return count


def _count_values(text: bytes, most: int) -> int:
    """Return the number of values outside of texts; counts no further than shortly after `most`."""
    count = start = 0
    is_in_text = False
    while start < len(text) and count <= most:
        step()
        end = _end_of_step(text, start)
        part = text[start:end]
        if b"\\" in part:
            part = _ESCAPE.sub(b"", part)
        pieces = part.translate(None, _NEITHER_BEGINNING_NOR_QUOTE).split(b'"')
        count += sum(map(len, pieces[is_in_text::2]))
        is_in_text ^= len(pieces) % 2 == 0
        start = end
    return count


def _end_of_step(text: bytes, start: int) -> int:
    """Return the end of the step that begins at `start`, which does not divide an escape."""
    end = min(start + STEP_BYTES, len(text))
    part = text[start:end]
    num_backslashes = len(part) - len(part.rstrip(b"\\"))
    return end + 1 if num_backslashes % 2 and end < len(text) else end
