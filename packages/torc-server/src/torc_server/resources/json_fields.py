"""Members of records that are JSON values, lists or records."""

from types import GenericAlias
from typing import Annotated, Any

import marshmallow
import msgspec
from marshmallow import ValidationError

from torc_server.resources.compiled import compiled
from torc_server.resources.fields import Member, members_of, shown
from torc_server.resources.steps import step
from torc_server.resources.values import has_more_values

# Items of a list, and members of an object of texts. A job can depend on a million jobs.
MOST_ITEMS = 1_000_000
# Records of one kind in a body: clients create up to 100,001 jobs in one call.
MOST_RECORDS = 100_001
# Values in a text that is the JSON of an object.
MOST_VALUES_OF_TEXT = 100_000
# Invalid items of a list that are looked for.
MOST_INVALID = 100


class AnyJson(Member):
    """Any JSON value. It is stored as text and returned as an equal value."""

    def kept(self, value: Any) -> Any:
        """Convert the value to JSON text."""
        return None if value is None else msgspec.json.encode(value).decode()


class JsonObject(AnyJson):
    """A JSON object, stored with all its members. `component` is the schema of the known ones, if there is one."""

    json_type = "object"

    def __init__(
        self, description: str = "", *, component: type[marshmallow.Schema] | None = None, **rest: Any
    ) -> None:
        super().__init__(description, **rest)
        self.component = component

    def checked(self, value: Any) -> Any:
        """Accept an object whose known members are valid."""
        if not isinstance(value, dict):
            raise ValidationError(f"must be a JSON object, not {shown(value)}")
        return value if self.component is None else fitted(self.component, value)

    def native(self) -> Any:
        """Return the type of objects. With a schema, no value is accepted, so that marshmallow validates it."""
        return dict[str, Any] if self.component is None else type(None)

    def sql_without_extensions(self, column: str) -> str:
        """Return an SQL expression for the JSON text without members that are extensions."""
        return column if self.component is None else _without_extensions(self.component, column, "$")

    def schema(self) -> dict[str, Any]:
        """Return a reference to the schema of the object, if there is one."""
        return (
            {"type": "object"}
            if self.component is None
            else {"$ref": f"#/components/schemas/{self.component.__name__}"}
        )


class JsonMap(JsonObject):
    """A JSON object whose values, under any names, are objects of one schema."""

    def __init__(self, description: str = "", *, values: type[marshmallow.Schema], **rest: Any) -> None:
        super().__init__(description, **rest)
        self.values = values

    def checked(self, value: Any) -> Any:
        """Accept an object whose values are valid."""
        return {name: fitted(self.values, each) for name, each in super().checked(value).items()}

    def schema(self) -> dict[str, Any]:
        """Add the type of the values."""
        return {"type": "object", "additionalProperties": {"$ref": f"#/components/schemas/{self.values.__name__}"}}


def _without_extensions(schema: type[marshmallow.Schema], sql: str, path: str) -> str:
    """Return SQL that removes the extensions of a schema from the object at a path in the JSON text `sql`."""
    for name, member in members_of(schema).items():
        here = f"{path}.{name}"
        if member.extension:
            sql = f"json_remove({sql}, '{here}')"
        elif isinstance(member, Part) and issubclass(member.part, marshmallow.Schema):
            sql = _without_extensions(member.part, sql, here)
        elif isinstance(member, JsonMap):
            value = _without_extensions(member.values, "entry.value", "$")
            entries = f"SELECT json_group_object(entry.key, {value}) FROM json_each({sql}, '{here}') AS entry"  # noqa: S608 - declared names
            changed = f"json_set({sql}, '{here}', json(({entries})))"
            sql = f"CASE json_type({sql}, '{here}') WHEN 'object' THEN {changed} ELSE {sql} END"
    return sql


class JsonText(JsonObject):
    """A JSON object that clients of 0.12 send and receive as text in a string."""

    def checked(self, value: Any) -> Any:
        """Accept an object or the text of one. A text is returned unchanged."""
        if not isinstance(value, str):
            return super().checked(value)
        try:
            text = value.encode()
            if has_more_values(text, MOST_VALUES_OF_TEXT):
                raise ValidationError(f"must have at most {MOST_VALUES_OF_TEXT} values")
            parsed = msgspec.json.decode(text)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise ValidationError(f"must be a JSON object or the text of one, not {shown(value)}")
        super().checked(parsed)
        return value

    def kept(self, value: Any) -> Any:
        """Convert an object to JSON text. A text is stored unchanged."""
        return value if value is None or isinstance(value, str) else super().kept(value)


def fitted(schema: type[marshmallow.Schema], value: Any) -> dict[str, Any]:
    """Validate the members of an object that are in a schema, without their nulls. Other members are kept unchanged.

    Raises ValidationError.
    """
    if not isinstance(value, dict):
        raise ValidationError(f"must be a JSON object, not {shown(value)}")
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
    """An object whose values are texts."""

    def checked(self, value: Any) -> Any:
        """Accept an object whose values are texts."""
        for name, text in super().checked(value).items():
            if not isinstance(text, str):
                raise ValidationError(f"must be an object whose values are texts, but {shown(name)} is {shown(text)}")
        return value

    def native(self) -> Any:
        """Return the type of objects of texts."""
        return dict[str, str]

    def schema(self) -> dict[str, Any]:
        """Add the type of the values."""
        return {"type": "object", "additionalProperties": {"type": "string"}}


class IntegerMap(JsonObject):
    """An object whose values are whole numbers. Only answers have it."""

    def schema(self) -> dict[str, Any]:
        """Add the type of the values."""
        return {"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}}


class Many(Member):
    """A list whose items have one type. `most` is the number of items that a request may have."""

    json_type = "array"
    empty = "[]"

    def __init__(self, item: Member, description: str = "", *, most: int = MOST_ITEMS, **rest: Any) -> None:
        super().__init__(description, **rest)
        self.item = item
        self.most = most

    def checked(self, value: Any) -> Any:
        """Accept a list of valid items."""
        if not isinstance(value, list):
            raise ValidationError(f"must be a list, not {shown(value)}")
        if len(value) > self.most:
            raise ValidationError(f"must have at most {self.most} items, not {len(value)}; send them in several calls")
        errors: dict[int | str, Any] = {}
        items = []
        for index, each in enumerate(value):
            step()
            if len(errors) == MOST_INVALID:
                break
            try:
                if each is None:
                    raise ValidationError("must not be null")  # noqa: TRY301 - collected with the other errors
                items.append(self.item.checked(each))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return items

    def kept(self, value: Any) -> Any:
        """Convert the value to JSON text."""
        return None if value is None else msgspec.json.encode(value).decode()

    def native(self) -> Any:
        """Return the type of lists of the items."""
        return Annotated[GenericAlias(list, (self.item.native(),)), msgspec.Meta(max_length=self.most)]

    def schema(self) -> dict[str, Any]:
        """Add the type of the items."""
        return super().schema() | {"items": self.item.schema()}


class Part(Member):
    """A record inside a record."""

    def __init__(self, part: type[marshmallow.Schema], description: str = "", **rest: Any) -> None:
        super().__init__(description, **rest)
        self.part = part

    def checked(self, value: Any) -> Any:
        """Accept a valid record. The compiled decoder is tried first; marshmallow makes the messages."""
        try:
            if b"\\u0000" not in msgspec.json.encode(value):
                return msgspec.convert(value, self.native())
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass  # marshmallow makes the messages
        if not isinstance(value, dict):
            raise ValidationError(f"must be a JSON object, not {shown(value)}")
        return self.part().load(value)

    def schema(self) -> dict[str, Any]:
        """Return a reference to the schema."""
        return {"$ref": f"#/components/schemas/{self.part.__name__}"}

    def native(self) -> Any:
        """Return the compiled type of the record."""
        return compiled(self.part)
