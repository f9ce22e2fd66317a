"""The base class of the models: records with named members, which are created with keyword arguments."""

import copy
import json
import pprint
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from torc.openapi_client.exceptions import ApiAttributeError, ApiValueError
from torc.openapi_client.kinds import Kind, plain


@dataclass(frozen=True, slots=True)
class ModelField:
    """A member of a model. `wire_name` is its name in JSON, `alias` the same if it differs from the member's name."""

    wire_name: str
    kind: Kind
    required: bool
    default: Any
    description: str
    alias: str | None = None

    @property
    def annotation(self) -> str:
        """The type of the member, as a text."""
        return self.kind.name

    def is_required(self) -> bool:
        """Whether the member must be passed when a model is created."""
        return self.required


class Model:
    """A record. Members that were not set have their default, and are left to the server when it is sent.

    A member that was set to None is sent as null if the server allows null for it.
    """

    model_fields: ClassVar[Mapping[str, ModelField]] = {}
    _schema: ClassVar[Mapping[str, Any]] = {}
    _by_wire_name: ClassVar[Mapping[str, str]] = {}

    def __init__(self, /, **members: Any) -> None:
        unknown = self._set(members)
        if unknown:
            names = ", ".join(unknown)
            warnings.warn(f"{type(self).__name__} has no member {names}; ignored", UserWarning, stacklevel=2)

    def _set(self, members: Mapping[str, Any]) -> list[str]:
        """Set the members and return the names of those that do not exist. Raises ApiValueError."""
        kind = type(self)
        problems: dict[str, str] = {}
        unknown = []
        for given, value in members.items():
            name = self._by_wire_name.get(given, given)
            member = kind.model_fields.get(name)
            if member is None:
                unknown.append(given)
                continue
            try:
                self.__dict__[name] = _checked(member, value)
            except ApiValueError as error:
                problems[name] = str(error)
        for name, member in kind.model_fields.items():
            if member.required and name not in self.__dict__:
                problems.setdefault(name, "required, but missing")
        if problems:
            raise ApiValueError(f"{kind.__name__}: {'; '.join(f'{name}: {why}' for name, why in problems.items())}")
        return unknown

    def __setattr__(self, name: str, value: Any) -> None:
        member = self.model_fields.get(name)
        if member is None:
            raise ApiAttributeError(f"{type(self).__name__!r} has no member {name!r}")
        try:
            self.__dict__[name] = _checked(member, value)
        except ApiValueError as error:
            raise ApiValueError(f"{type(self).__name__}.{name}: {error}") from None

    @classmethod
    def model_read(cls, answer: Mapping[str, Any]) -> Self:
        """Make the model of an answer, which is not checked; members that this version does not know are ignored."""
        model = cls.__new__(cls)
        fields, names = cls.model_fields, cls._by_wire_name
        for given, value in answer.items():
            name = names.get(given, given)
            if name in fields:
                model.__dict__[name] = fields[name].kind.read(value)
        return model

    def _wire(self) -> dict[str, Any]:
        """Return the members that are sent, by their names in JSON."""
        fields = self.model_fields
        return {
            fields[name].wire_name: value
            for name, value in self.__dict__.items()
            if value is not None or fields[name].kind.nullable
        }

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the members that were set."""
        return set(self.__dict__)

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        by_alias: bool | None = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """Return all members as a dict. With the mode "json", enums are texts."""
        options = {
            "mode": mode,
            "by_alias": by_alias,
            "exclude_unset": exclude_unset,
            "exclude_defaults": exclude_defaults,
            "exclude_none": exclude_none,
        }
        found = {}
        for name, member in self.model_fields.items():
            value = getattr(self, name)
            is_left_out = (
                (include is not None and name not in include)
                or (exclude is not None and name in exclude)
                or (exclude_unset and name not in self.__dict__)
                or (exclude_defaults and value == member.default)
                or (exclude_none and value is None)
            )
            if not is_left_out:
                found[member.wire_name if by_alias else name] = _dump(value, options)
        return found

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """Return all members as JSON."""
        return json.dumps(self.model_dump(**{**options, "mode": "json"}), indent=indent)

    def to_dict(self) -> dict[str, Any]:
        """Return the members that have a value, or were set to None, by their names in JSON."""
        defaults = {each.wire_name: each.default for each in self.model_fields.values() if each.default is not None}
        return {name: _dump(value, {"to_dict": True}) for name, value in {**defaults, **self._wire()}.items()}

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(plain(self.to_dict()))

    def to_str(self) -> str:
        """Return all members as a text for people."""
        return pprint.pformat(self.model_dump(by_alias=True))

    @classmethod
    def from_dict(cls, obj: Mapping[str, Any] | None) -> Self | None:
        """Make a model of a dict with the names of JSON. Members that do not exist are ignored."""
        return None if obj is None else cls.model_validate(obj)

    @classmethod
    def from_json(cls, json_str: str | bytes) -> Self | None:
        """Make a model of JSON."""
        return cls.from_dict(json.loads(json_str))

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:
        """Make a model of a dict, or return a model as it is. Raises ApiValueError."""
        if isinstance(obj, cls):
            return obj
        if not isinstance(obj, Mapping):
            raise ApiValueError(f"{cls.__name__}: {obj!r} is not a dict")
        model = cls.__new__(cls)
        model._set(obj)  # noqa: SLF001 - a method of this class
        return model

    @classmethod
    def model_validate_json(cls, json_data: str | bytes, **_: Any) -> Self:
        """Make a model of JSON. Raises ApiValueError."""
        return cls.model_validate(json.loads(json_data))

    @classmethod
    def model_construct(cls, _fields_set: Collection[str] | None = None, **members: Any) -> Self:
        """Make a model without checking its members."""
        model = cls.__new__(cls)
        model.__dict__.update({name: value for name, value in members.items() if name in cls.model_fields})
        return model

    @classmethod
    def model_json_schema(cls, **_: Any) -> dict[str, Any]:
        """Return the schema of the model."""
        return {"title": cls.__name__, **cls._schema}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with some members changed."""
        model = copy.deepcopy(self) if deep else copy.copy(self)
        model.__dict__.update(update or {})
        return model

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((name, getattr(self, name)) for name in self.model_fields)

    def __eq__(self, other: object) -> bool:
        return dict(self) == dict(other) if isinstance(other, Model) and type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a model can change

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"

    def __str__(self) -> str:
        return " ".join(f"{name}={value!r}" for name, value in self)


def _checked(member: ModelField, value: Any) -> Any:
    """Convert a value of the user. None is allowed where a member may be left out. Raises ApiValueError."""
    if value is not None:
        return member.kind.check(value)
    if member.required and not member.kind.nullable:
        raise ApiValueError("None is not allowed")
    return None


def _dump(value: Any, options: Mapping[str, Any]) -> Any:
    if isinstance(value, Model):
        return value.to_dict() if "to_dict" in options else value.model_dump(**options)
    if isinstance(value, list):
        return [_dump(each, options) for each in value]
    if isinstance(value, dict):
        return {key: _dump(each, options) for key, each in value.items()}
    return plain(value) if options.get("mode") == "json" else value
