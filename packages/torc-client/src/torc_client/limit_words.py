"""Format the time limits of records, which are durations in ISO 8601."""

from torc_client.text import exact_duration


def limit(text: str | None) -> str:
    """Return a duration in ISO 8601 as people write it: "1 h 30 min" for "PT1H30M"; None is empty.

    Another text is unchanged.
    """
    from torc_client.spec.quantities import duration_seconds  # noqa: PLC0415 - help needs no spec language

    if text is None:
        return ""
    try:
        return exact_duration(duration_seconds(text))
    except ValueError:
        return text
