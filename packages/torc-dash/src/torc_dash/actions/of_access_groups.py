"""The actions on an access group: its members, and the workflows that it can use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torc_dash.actions.action import ActionField, FieldError, FieldKind, options_of_fields

_LONGEST = 1_000


@dataclass(frozen=True)
class GroupAction:
    """An action with the words of its command of `torc access-groups`.

    `subject` is the field with the user or workflow. `options` are other fields. `effect` is a sentence with `{group}`
    and `{subject}`.
    """

    name: str
    title: str
    effect: str
    command: str
    subject: ActionField
    order: Callable[[str, str], Sequence[str]]
    options: tuple[ActionField, ...] = ()
    is_of_workflow: bool = False
    deletes: bool = False

    @property
    def fields(self) -> tuple[ActionField, ...]:
        """The fields of the form."""
        return (self.subject, *self.options)

    def arguments(self, group_id: int, values: Mapping[str, str]) -> list[str]:
        """Return the words of the command. Raises FieldError."""
        subject = values.get(self.subject.name, "").strip()
        if not subject or "\0" in subject or len(subject) > _LONGEST:
            raise FieldError(f"{self.subject.label}: give {'an id' if self.is_of_workflow else 'a name'}.")
        if self.is_of_workflow and not (subject.isascii() and subject.isdecimal() and len(subject) <= 18):
            raise FieldError(f"{self.subject.label}: {subject!r} is not an id.")
        words = self.order(str(group_id), subject)
        # A name that begins with a dash is not an option.
        end = ("--",) if subject.startswith("-") else ()
        return ["access-groups", self.command, *options_of_fields(self.options, values), *end, *words]


def _group_first(group: str, subject: str) -> Sequence[str]:
    return (group, subject)


def _group_last(group: str, subject: str) -> Sequence[str]:
    return (subject, group)


_USER = ActionField("user", "User", "", hint="a user name")
_WORKFLOW = ActionField("workflow", "Workflow", "", FieldKind.NUMBER, "an id", 1)
_ROLE = ActionField("admin", "Admin: may add and remove members", "--role=admin", FieldKind.FLAG)

ADD_MEMBER = GroupAction(
    "add-user",
    "Add member",
    "{subject} can use all workflows of the group {group}, as their owners can: see, run, change and delete them.",
    "add-user",
    _USER,
    _group_first,
    (_ROLE,),
)
REMOVE_MEMBER = GroupAction(
    "remove-user",
    "Remove member",
    "{subject} can no longer use the workflows of the group {group}, except their own and those of other groups.",
    "remove-user",
    _USER,
    _group_first,
    deletes=True,
)
SHARE = GroupAction(
    "add-workflow",
    "Share workflow",
    "All members of the group {group} can use {subject} as its owner can: see, run, change and delete it.",
    "add-workflow",
    _WORKFLOW,
    _group_last,
    is_of_workflow=True,
)
UNSHARE = GroupAction(
    "remove-workflow",
    "Stop sharing",
    "The members of the group {group} can no longer use {subject}, unless it is shared with another of their groups.",
    "remove-workflow",
    _WORKFLOW,
    _group_last,
    is_of_workflow=True,
    deletes=True,
)

GROUP_ACTIONS: Mapping[str, GroupAction] = {one.name: one for one in (ADD_MEMBER, REMOVE_MEMBER, SHARE, UNSHARE)}
