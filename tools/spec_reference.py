"""The reference page of every field of a spec, generated from the declarations of the language."""

from collections.abc import Iterator

from torc_client.spec.fields import Field, FieldType, Object
from torc_client.spec.objects import OBJECTS

LISTS = {FieldType.OBJECTS: "a list of", FieldType.OBJECT: "one"}


def spec_page() -> Iterator[str]:
    """Yield every type of object with its fields."""
    yield "# Fields of spec files"
    yield (
        "Every field of the language, by type of object. The rules for values, and how fields work together, are in "
        "[Spec files](spec.md). The fields are the same in YAML, JSON, JSON5 and KDL; `torc spec schema` prints them "
        "as a JSON Schema for editors. Fields that are not *required* are optional."
    )
    for kind, declared in OBJECTS.items():
        yield from _object(kind, declared)


def _object(kind: str, declared: Object) -> Iterator[str]:
    yield f"## {kind[:1].upper()}{kind[1:]}"
    users = sorted(f"[{other}](#{_anchor(other)})" for other, its in OBJECTS.items() if _holds(its, kind))
    found = f" Found in: {', '.join(users)}." if users else ""
    left_out = " Unknown fields are ignored." if declared.is_open else ""
    yield f"{declared.description}{left_out}{found}"
    rows = [_row(name, field) for name, field in declared.fields.items()]
    yield "| Field | Holds | Default | Meaning |\n|---|---|---|---|\n" + "\n".join(rows)


def _row(name: str, field: Field) -> str:
    default = "*required*" if field.required else _written(field.default)
    description = (field.description[:1].upper() + field.description[1:]).replace("|", "\\|")
    return f"| `{name}` | {_held(field)} | {default} | {description} |"


def _held(field: Field) -> str:
    if field.of:
        return f"{LISTS[field.type]} [{field.of}](#{_anchor(field.of)})"
    if field.choices:
        return ", ".join(f"`{each}`" for each in field.choices)
    if field.type is FieldType.INTEGER and field.minimum:
        return f"{field.type.value}, at least {field.minimum}"
    return field.type.value


def _written(default: str | int | bool | None) -> str:
    match default:
        case None:
            return ""
        case bool():
            return f"`{str(default).lower()}`"
        case _:
            return f"`{default}`"


def _holds(declared: Object, kind: str) -> bool:
    return any(field.of == kind for field in declared.fields.values())


def _anchor(kind: str) -> str:
    return kind.lower().replace(" ", "-")
