"""The members of our records that hold JSON values, lists and records."""

from types import GenericAlias
from typing import Any

import marshmallow
import msgspec
from marshmallow import ValidationError

from torc_server.resources.compiled import compiled
from torc_server.resources.fields import Member, members_of


class AnyJson(Member):
    """Any JSON value, kept as text and given back as an equal value."""

    def kept(self, value: Any) -> Any:
        """Its text."""
        return None if value is None else msgspec.json.encode(value).decode()


class JsonObject(AnyJson):
    """A JSON object, kept and given back as it is. `component` names its shape in the document."""

    json_type = "object"

    def __init__(
        self, description: str = "", *, component: type[marshmallow.Schema] | None = None, **rest: Any
    ) -> None:
        super().__init__(description, **rest)
        self.component = component

    def checked(self, value: Any) -> Any:
        """Refuse everything but an object, and known members of another shape than theirs."""
        if not isinstance(value, dict):
            raise ValidationError("write a JSON object")
        return value if self.component is None else fitted(self.component, value)

    def native(self) -> Any:
        """Take any object; one with a shape is looked at slowly, since it is kept with what nobody knows."""
        return dict[str, Any] if self.component is None else type(None)

    def schema(self) -> dict[str, Any]:
        """Refer to the shape, where there is one."""
        return (
            {"type": "object"}
            if self.component is None
            else {"$ref": f"#/components/schemas/{self.component.__name__}"}
        )


class JsonText(JsonObject):
    """A JSON object that clients of 0.12 write and read as text inside a string."""

    def checked(self, value: Any) -> Any:
        """Take an object, or the text of one, which stays as it is."""
        if not isinstance(value, str):
            return super().checked(value)
        try:
            parsed = msgspec.json.decode(value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise ValidationError("write a JSON object, or the text of one")
        super().checked(parsed)
        return value

    def kept(self, value: Any) -> Any:
        """Keep the text as it came."""
        return value if value is None or isinstance(value, str) else super().kept(value)


def fitted(schema: type[marshmallow.Schema], value: Any) -> dict[str, Any]:
    """Check the members of an object that a schema knows, leave out their nulls, and keep the rest as it is.

    Raises ValidationError.
    """
    if not isinstance(value, dict):
        raise ValidationError("write a JSON object")
    kept = dict(value)
    errors: dict[str, Any] = {}
    for name, member in members_of(schema).items():
        if kept.get(name) is None:
            kept.pop(name, None)
            if member.required:
                errors[name] = ["is missing"]
            continue
        try:
            kept[name] = fitted(member.part, kept[name]) if isinstance(member, Part) else member.checked(kept[name])
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    return kept


class StringMap(JsonObject):
    """An object whose values are all texts."""

    def checked(self, value: Any) -> Any:
        """Refuse other values."""
        if any(not isinstance(text, str) for text in super().checked(value).values()):
            raise ValidationError("write an object whose values are all texts")
        return value

    def native(self) -> Any:
        """Objects of texts."""
        return dict[str, str]

    def schema(self) -> dict[str, Any]:
        """Name the values' type."""
        return {"type": "object", "additionalProperties": {"type": "string"}}


class Many(Member):
    """A list whose items are of one kind."""

    json_type = "array"

    def __init__(self, item: Member, description: str = "", **rest: Any) -> None:
        super().__init__(description, **rest)
        self.item = item

    def checked(self, value: Any) -> Any:
        """Refuse anything but a list of them."""
        if not isinstance(value, list):
            raise ValidationError("write a list")
        errors: dict[int | str, Any] = {}
        items = []
        for index, each in enumerate(value):
            try:
                if each is None:
                    raise ValidationError("leave out null")  # noqa: TRY301 - gathered with the others
                items.append(self.item.checked(each))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return items

    def kept(self, value: Any) -> Any:
        """Its text."""
        return None if value is None else msgspec.json.encode(value).decode()

    def native(self) -> Any:
        """Take a list of the item's type."""
        return GenericAlias(list, (self.item.native(),))

    def schema(self) -> dict[str, Any]:
        """Name the items' type."""
        return super().schema() | {"items": self.item.schema()}


class Part(Member):
    """A record inside a record."""

    def __init__(self, part: type[marshmallow.Schema], description: str = "", **rest: Any) -> None:
        super().__init__(description, **rest)
        self.part = part

    def checked(self, value: Any) -> Any:
        """Check it against its own schema: quickly, then by marshmallow."""
        try:
            if b"\\u0000" not in msgspec.json.encode(value):
                return msgspec.convert(value, self.native())
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass  # marshmallow has the sentences
        if not isinstance(value, dict):
            raise ValidationError("write a JSON object")
        return self.part().load(value)

    def schema(self) -> dict[str, Any]:
        """Refer to it."""
        return {"$ref": f"#/components/schemas/{self.part.__name__}"}

    def native(self) -> Any:
        """Take the record's compiled type."""
        return compiled(self.part)
