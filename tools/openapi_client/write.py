"""The Python text of the client: one function for each type of generated file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from read import Call, Document, EnumType, Member, Parameter, Record, Subject, optional

HEADER = (
    "# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.\n"
)


@dataclass(frozen=True)
class Constant:
    """A constant of `defaults.py`."""

    name: str
    value: float | str
    description: str


def defaults(constants: Sequence[Constant]) -> str:
    """`defaults.py`."""
    head = (
        "# Generated from the server's declarations by tools/openapi_client. Do not edit.\n"
        '"""Defaults and limits of the server that clients and runners rely on."""\n\nfrom typing import Final\n'
    )
    return "\n\n".join(
        [head, *(f'{each.name}: Final = {each.value!r}\n"""{each.description}"""' for each in constants)]
    )


def enums(document: Document) -> str:
    """`api/enums.py`."""
    return "\n\n".join(
        [f'{HEADER}"""The closed sets of words."""\n\nfrom enum import StrEnum', *map(_enum, document.enums)]
    )


def _enum(enum: EnumType) -> str:
    members = "\n".join(f'    {re.sub(r"[^A-Za-z0-9]", "_", word).upper()} = "{word}"' for word in enum.words)
    docstring = _sentence(enum.description, f"The values of {enum.name}.")
    return f'class {enum.name}(StrEnum):\n    """{docstring}"""\n\n{members}\n'


def records(document: Document) -> str:
    """`api/records.py`."""
    head = (
        f'{HEADER}"""Records of requests and answers. Members that are None are omitted."""\n\n'
        f"from typing import Any\n\nimport msgspec\n\n{_import_enums(document, _record_types(document))}"
    )
    return "\n\n".join([head, *map(_record, _in_order(document.records))])


def _record_types(document: Document) -> Iterable[str]:
    return (member.type for record in document.records for member in record.members)


def _import_enums(document: Document, types: Iterable[str]) -> str:
    return _import("enums", {enum.name for enum in document.enums}, types)


def _import(module: str, known: set[str], types: Iterable[str]) -> str:
    names = sorted(known & {word for annotation in types for word in re.findall(r"\w+", annotation)})
    return f"from torc_client.api.{module} import {', '.join(names)}\n" if names else ""


def _in_order(records: tuple[Record, ...]) -> list[Record]:
    """Sort records after those that they refer to, so that annotations are plain names."""
    by_name = {record.name: record for record in records}
    ordered: dict[str, Record] = {}

    def visit(record: Record, above: tuple[str, ...]) -> None:
        if record.name in above:
            raise ValueError(f"records name each other in a ring: {' -> '.join((*above, record.name))}")
        for member in record.members:
            for word in re.findall(r"\w+", member.type):
                if word in by_name and word not in ordered:
                    visit(by_name[word], (*above, record.name))
        ordered[record.name] = record

    for record in records:
        if record.name not in ordered:
            visit(record, ())
    return list(ordered.values())


def _record(record: Record) -> str:
    docstring = _sentence(record.description, f"The record {record.name}.")
    members = "\n".join(map(_member, record.members))
    return (
        f'class {record.name}(msgspec.Struct, kw_only=True, omit_defaults=True):\n    """{docstring}"""\n\n{members}\n'
    )


def _member(member: Member) -> str:
    line = f"    {member.name}: {member.type if member.required else optional(member.type) + ' = None'}"
    return f'{line}\n    """{_sentence(member.description)}"""' if member.description else line


def subject(subject: Subject, document: Document) -> str:
    """`api/<tag>.py`: one typed coroutine method for each operation."""
    return "\n\n".join(
        [
            f'{HEADER}"""Operations on {subject.name.replace("_", " ")}."""\n',
            "from typing import Any\n",
            _imports(document, [subject]) + "from torc_client.operation import Operation, Operations\n",
            "\n".join(
                f'_{call.id.upper()} = Operation("{call.id}", "{call.method}", "{call.path}", {call.answer})'
                for call in subject.calls
            ),
            f'class {subject.class_name}(Operations):\n    """Operations on {subject.name.replace("_", " ")}."""\n',
            *(_method(call) for call in subject.calls),
        ]
    )


def _imports(document: Document, subjects: Iterable[Subject]) -> str:
    types = [annotation for subject in subjects for call in subject.calls for annotation in _types(call)]
    return _import_enums(document, types) + _import("records", {record.name for record in document.records}, types)


def _types(call: Call) -> list[str]:
    return [call.answer, call.body or "", *(parameter.type for parameter in (*call.path_parameters, *call.query))]


def _signature(call: Call) -> str:
    query = sorted(call.query, key=lambda parameter: not parameter.required)
    parts = ["self", *(f"{parameter.name}: {parameter.type}" for parameter in call.path_parameters)]
    if call.body:
        parts.append(f"body: {call.body}" if call.body_required else f"body: {optional(call.body)} = None")
    return ", ".join([*parts, *(["*"] if query else []), *map(_keyword, query)])


def _keyword(parameter: Parameter) -> str:
    if parameter.required:
        return f"{parameter.name}: {parameter.type}"
    return f"{parameter.name}: {optional(parameter.type)} = None"


def _method(call: Call) -> str:
    arguments = [f"_{call.id.upper()}"]
    if call.path_parameters:
        arguments.append(f"path={_mapping(call.path_parameters)}")
    if call.query or call.fixed_query:
        arguments.append(f"query={_mapping(call.query, call.fixed_query)}")
    if call.body:
        arguments.append("body=body")
    return (
        f"    async def {call.id}({_signature(call)}) -> {call.answer}:\n"
        f'        """{_docstring(call)}"""\n'
        f"        return await self._call({', '.join(arguments)})\n"
    )


def _mapping(parameters: Iterable[Parameter], more: str = "") -> str:
    pairs = [f'"{parameter.name}": {parameter.name}' for parameter in parameters]
    return "{" + ", ".join([*pairs, *([more] if more else [])]) + "}"


def _docstring(call: Call) -> str:
    lines = [_sentence(call.summary, call.id.replace("_", " ").capitalize() + ".")]
    if call.description:
        lines += ["", _sentence(call.description)]
    described = [parameter for parameter in (*call.path_parameters, *call.query) if parameter.description]
    if described:
        lines += ["", *(f"`{parameter.name}`: {_sentence(parameter.description)}" for parameter in described)]
    return "\n        ".join(lines) + ("\n        " if len(lines) > 1 else "")


def _sentence(text: str, otherwise: str = "") -> str:
    return " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split()) or otherwise


def package(document: Document) -> str:
    """`api/__init__.py`: all subjects."""
    imports = "\n".join(f"from torc_client.api.{s.name} import {s.class_name}" for s in document.subjects)
    fields = "\n".join(f"        self.{s.name} = {s.class_name}(sender)" for s in document.subjects)
    return (
        f'{HEADER}"""The operations of the server, by subject."""\n\n{imports}\n'
        "from torc_client.operation import Sender\n\n\n"
        f'class Subjects:\n    """All operations, by subject."""\n\n'
        f"    def __init__(self, sender: Sender) -> None:\n{fields}\n"
    )


def blocking(document: Document) -> str:
    """`api/blocking.pyi`: the types of the blocking client for editors and mypy; it has no code of its own."""
    classes = []
    for part in document.subjects:
        methods = "\n".join(f"    def {call.id}({_signature(call)}) -> {call.answer}: ..." for call in part.calls)
        classes.append(f"class {part.class_name}:\n{methods}\n")
    fields = "\n".join(f"    {part.name}: {part.class_name}" for part in document.subjects)
    return "\n".join(
        [
            f"{HEADER}\nfrom typing import Any\n",
            _imports(document, document.subjects),
            *classes,
            f"class Subjects:\n{fields}\n",
        ]
    )
