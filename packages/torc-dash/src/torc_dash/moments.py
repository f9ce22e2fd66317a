"""Points in time on pages: in UTC for everyone, and in the zone of the reader by `static/times.js`."""

from markupsafe import Markup, escape

from torc_client.text import parse_timestamp, timestamp

_ELEMENT = Markup('<time datetime="{}"{}>{}</time>')
_RELATIVE = Markup(" data-relative")


def when(value: str | float | None) -> Markup:
    """Return a point in time as an element. Text that is not a timestamp is only escaped."""
    return _element(value, Markup())


def ago(value: str | float | None) -> Markup:
    """Return a point in time as an element that scripts show relative to now: "2 h ago"."""
    return _element(value, _RELATIVE)


def _element(value: str | float | None, more: Markup) -> Markup:
    if value is None or value == "":
        return Markup()
    shown = timestamp(value)
    moment = parse_timestamp(shown)
    if moment is None:
        return escape(shown)
    return _ELEMENT.format(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), more, shown)
