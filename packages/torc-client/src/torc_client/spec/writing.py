"""Write a spec's document as text of any of the formats."""

import json
from typing import Any

from torc_client.spec.formats import Format
from torc_client.spec.shape import Record

YAML_WIDTH = 100


def write(document: Record, format: Format) -> str:
    """A checked document as text. Comments of the text that it came from are not in it."""
    match format:
        case Format.YAML:
            return _yaml(document)
        case Format.JSON:
            return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        case Format.JSON5:
            import json5  # noqa: PLC0415 - other formats need no such writer

            return str(json5.dumps(document, indent=2, ensure_ascii=False, quote_keys=False)) + "\n"
        case Format.KDL:
            from torc_client.spec.kdl_writing import write_kdl  # noqa: PLC0415 - the same

            return write_kdl(document)


def _yaml(document: Record) -> str:
    import yaml  # noqa: PLC0415 - other formats need no such writer

    from torc_client.spec.yaml_text import plain  # noqa: PLC0415 - the same

    class Dumper(yaml.SafeDumper):
        """Quotes what reads as something else by the rules of YAML 1.2."""

        def ignore_aliases(self, data: Any) -> bool:
            """Write everything where it stands."""
            del data
            return True

    def text(dumper: Dumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value.strip() else "'" if not isinstance(plain(value), str) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return str(yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=YAML_WIDTH))
