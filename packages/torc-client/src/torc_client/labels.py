"""Labels of jobs and runners, as users write them."""

from collections.abc import Iterable

RULE = "A label is not empty, and has neither a comma nor blanks at its ends."


def fault_of(label: str) -> str:
    """Return what is wrong with a label; an empty text for a valid one."""
    if not label.strip():
        return "is empty"
    if label != label.strip():
        return "has blanks at its ends"
    return "has a comma" if "," in label else ""


def split_labels(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the labels in texts, each with commas between labels, sorted and each one once.

    Blanks beside a comma do not count. Raises ValueError if a label is empty.
    """
    labels = {part.strip() for text in texts for part in text.split(",")}
    if "" in labels:
        raise ValueError("a label is empty; write labels such as gpu,big or repeat the option")
    return tuple(sorted(labels))
