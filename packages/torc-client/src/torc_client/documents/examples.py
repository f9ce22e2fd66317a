"""The examples: folders with a spec, the files that it needs, and a page that describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from torc_client.documents.folders import files_below, folder_of
from torc_client.documents.pages import DocumentPage
from torc_client.errors import TorcError
from torc_client.spec.formats import Format, format_of
from torc_client.spec.problems import closest, did_you_mean

MAX_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ShippedExample:
    """An example: a spec or a script, with the page and the other files of its folder."""

    name: str
    title: str
    description: str
    path: Path
    other_files: tuple[str, ...]
    """Files of the same folder that the spec needs, as paths in the folder."""

    @property
    def is_spec(self) -> bool:
        """Whether it is a spec, and not a script."""
        return format_of(self.path.name) is not None

    def text(self, format: Format | None = None) -> str:
        """Return the example, as it is written or as a spec of another format. Raises TorcError."""
        from torc_client.spec.conversion import converted  # noqa: PLC0415 - lists of examples do not need it

        if format is None or format is format_of(self.path.name):
            return self.path.read_text("utf-8")
        if not self.is_spec:
            raise TorcError(f"The example {self.name} is a script, so it has no format {format.value!r}.")
        return converted(str(self.path), format)


class ExampleFolder:
    """The examples below a folder, read at first use."""

    def __init__(self, folder: Path | None = None) -> None:
        self._chosen = folder

    @cached_property
    def examples(self) -> Mapping[str, ShippedExample]:
        """All examples by name: the stem of their file."""
        found = {}
        for path in files_below(folder_of("examples", self._chosen)):
            is_script = path.suffix == ".py" and not any(format_of(each.name) for each in path.parent.iterdir())
            if format_of(path.name) is not None or is_script:
                found[path.stem] = _example(path)
        return dict(sorted(found.items()))

    def example(self, name: str) -> ShippedExample:
        """Return an example by its name. Raises TorcError."""
        wanted = name.strip().removeprefix("torc://examples/")
        known = self.examples
        if wanted in known:
            return known[wanted]
        for each in known.values():
            if wanted in {each.path.name, f"{each.path.parent.name}/{each.path.name}"}:
                return each
        guess = did_you_mean(closest(wanted, known))
        raise TorcError(f"There is no example {name!r}.", guess or f"There are: {', '.join(known)}.")


def _example(path: Path) -> ShippedExample:
    folder = path.parent
    readme = folder / "README.md"
    page = DocumentPage(path.stem, readme.read_text("utf-8") if readme.is_file() else _docstring(path))
    others = [each for each in files_below(folder) if each not in {path, readme} and format_of(each.name) is None]
    names = tuple(each.relative_to(folder).as_posix() for each in others if each.stat().st_size <= MAX_FILE_BYTES)
    title = page.title if page.title != page.topic else page.text.strip().partition("\n")[0] or path.stem
    return ShippedExample(path.stem, title, page.text.strip(), path, names if format_of(path.name) else ())


def _docstring(path: Path) -> str:
    import ast  # noqa: PLC0415 - only scripts need it

    if path.suffix != ".py":
        return ""
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
