"""The form of the wizard: a workflow, its jobs in rows, and what the form of a browser sends for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torc_client.spec.formats import Format

MOST_ROWS = 50
DEFAULT_WALLTIME = "04:00:00"


@dataclass(frozen=True)
class Preset:
    """Resources of a job that can be chosen by one word."""

    name: str
    label: str
    num_cpus: int
    memory: str
    num_gpus: int = 0


PRESETS = (
    Preset("small", "small: 1 CPU, 1 GiB", 1, "1g"),
    Preset("medium", "medium: 4 CPUs, 10 GiB", 4, "10g"),
    Preset("large", "large: 8 CPUs, 50 GiB", 8, "50g"),
    Preset("gpu", "gpu: 1 CPU, 10 GiB, 1 GPU", 1, "10g", 1),
)
MONITORING = (
    ("summary", "peaks and means"),
    ("time_series", "all samples"),
    ("off", "nothing"),
)

_PRESET_NAMES = tuple(preset.name for preset in PRESETS)
_MONITORING_NAMES = tuple(name for name, _ in MONITORING)


@dataclass(frozen=True)
class JobRow:
    """A row of the form. `parameters` are `NAME = VALUES`, with semicolons or in lines; `needs` are names with commas.

    `preset` is the name of a preset.
    """

    name: str = ""
    command: str = ""
    parameters: str = ""
    needs: str = ""
    preset: str = PRESETS[0].name
    runtime: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in the row."""
        return not (self.name or self.command or self.parameters or self.needs or self.runtime)


@dataclass(frozen=True)
class WizardForm:
    """What is written in the form."""

    name: str = ""
    description: str = ""
    jobs: tuple[JobRow, ...] = (JobRow(),)
    at_start: str = ""
    at_end: str = ""
    account: str = ""
    partition: str = ""
    walltime: str = DEFAULT_WALLTIME
    allocations: str = "1"
    monitoring: str = _MONITORING_NAMES[0]
    interval: str = ""
    format: Format = Format.YAML

    @property
    def written(self) -> tuple[tuple[int, JobRow], ...]:
        """The rows that become jobs, each with its position in the form."""
        return tuple((index, row) for index, row in enumerate(self.jobs) if not row.is_blank)


def read(sent: Mapping[str, Sequence[str]]) -> WizardForm:
    """Return the form that a browser sent. A field of rows is sent once for each row."""

    def text(name: str, otherwise: str = "") -> str:
        return _clean(sent[name][0]) if sent.get(name) else otherwise

    def column(name: str, index: int) -> str:
        values = sent.get(f"job_{name}", ())
        return _clean(values[index]) if index < len(values) else ""

    count = min(max((len(sent.get(f"job_{name}", ())) for name in ("name", "command")), default=0), MOST_ROWS)
    rows = tuple(
        JobRow(
            column("name", index),
            column("command", index),
            column("parameters", index),
            column("needs", index),
            _one_of(_PRESET_NAMES, column("preset", index)),
            column("runtime", index),
        )
        for index in range(count)
    )
    return WizardForm(
        name=text("name"),
        description=text("description"),
        jobs=rows or (JobRow(),),
        at_start=text("at_start"),
        at_end=text("at_end"),
        account=text("account"),
        partition=text("partition"),
        walltime=text("walltime", DEFAULT_WALLTIME),
        allocations=text("allocations", "1"),
        monitoring=_one_of(_MONITORING_NAMES, text("monitoring")),
        interval=text("interval"),
        format=Format(_one_of(tuple(each.value for each in Format), text("format"))),
    )


def _clean(text: str) -> str:
    """Return a text without space around it. Browsers send line ends as two characters."""
    return text.replace("\r\n", "\n").strip()


def _one_of(known: tuple[str, ...], word: str) -> str:
    return word if word in known else known[0]
