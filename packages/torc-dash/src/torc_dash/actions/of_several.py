"""The actions on several workflows at once. Each has a command of its own, so that one failure stops no other."""

from collections.abc import Sequence

from torc_dash.actions.action import Action, ActionField, FieldKind, Situation
from torc_dash.actions.of_workflows import ARCHIVE, CANCEL, DELETE, RESET, RESTORE


def _export(situation: Situation) -> Sequence[str]:
    return ("workflows", "export", str(situation.id), "-o", f"workflow-{situation.id}.json")


EXPORT = Action(
    "export",
    "Export",
    "Each workflow is written to a file for `torc workflows import`. A file of the same name is replaced.",
    _export,
    fields=(
        ActionField("results", "With results and compute nodes", "--include-results", FieldKind.FLAG),
        ActionField("events", "With events", "--include-events", FieldKind.FLAG),
    ),
)

SEVERAL = {action.name: action for action in (CANCEL, RESET, ARCHIVE, RESTORE, EXPORT, DELETE)}

# With more jobs in all, their number must be typed for these.
CONFIRMED = frozenset({CANCEL.name, RESET.name, DELETE.name})
MOST_WITHOUT_NUMBER = 1_000
