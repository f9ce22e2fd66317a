"""Write the document of a spec as text of any format."""

import json
from typing import Any

from torc_client.spec.formats import Format
from torc_client.spec.parameters import fill
from torc_client.spec.shape import Record

YAML_WIDTH = 100


class _FilledNumber(float):
    """A number that texts are filled with. YAML keeps its spelling, so it is written as it would be filled in."""


def write(document: Record, format: Format) -> str:
    """Return a checked document as text. Comments of the original text are lost."""
    match format:
        case Format.YAML:
            return _yaml(document)
        case Format.JSON:
            return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        case Format.JSON5:
            import json5  # noqa: PLC0415 - other formats do not need it

            return str(json5.dumps(document, indent=2, ensure_ascii=False, quote_keys=False)) + "\n"
        case Format.KDL:
            from torc_client.spec.kdl_writing import write_kdl  # noqa: PLC0415 - as above

            return write_kdl(document)


def _yaml(document: Record) -> str:
    import yaml  # noqa: PLC0415 - other formats do not need it

    from torc_client.spec.yaml_text import plain  # noqa: PLC0415 - as above

    class Dumper(yaml.SafeDumper):
        """Quotes texts that would otherwise have another type in YAML 1.2."""

        def ignore_aliases(self, data: Any) -> bool:
            """Write repeated values in full."""
            del data
            return True

    def text(dumper: Dumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value.strip() else "'" if not isinstance(plain(value), str) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def filled(dumper: Dumper, value: _FilledNumber) -> yaml.ScalarNode:
        spelling = fill("{n}", {"n": float(value)})
        tag = dumper.resolve(yaml.ScalarNode, spelling, (True, False))  # type: ignore[no-untyped-call]
        return dumper.represent_scalar(tag, spelling)

    Dumper.add_representer(str, text)
    Dumper.add_representer(_FilledNumber, filled)
    return str(
        yaml.dump(_with_filled_numbers(document), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=YAML_WIDTH)
    )


def _with_filled_numbers(document: Record) -> Record:
    """Mark the fractions among the variables and the parameters of the document and of its records."""
    marked = {
        name: _marked(value) if name in ("variables", "parameters") else value for name, value in document.items()
    }
    for name, records in marked.items():
        if isinstance(records, list):
            marked[name] = [
                {**each, "parameters": _marked(each["parameters"])}
                if isinstance(each, dict) and "parameters" in each
                else each
                for each in records
            ]
    return marked


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _marked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_marked(each) for each in value]
    return _FilledNumber(value) if isinstance(value, float) else value
