"""What sacct reports about ended steps."""

from collections.abc import Collection, Mapping

from torc_client.batch.slurm.programs import NoSlurmError, SlurmError, run
from torc_client.batch.steps import NoAccountingError, StepUsage

_FIELDS = "JobName,State,MaxRSS,MaxVMSize,MaxDiskRead,MaxDiskWrite,AveCPU,NodeList"
_SECONDS = 10.0
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40, "P": 2**50}
_ALIVE = ("RUNNING", "PENDING", "SUSPENDED", "REQUEUED", "RESIZING")
_NONE_HERE = ("accounting storage is disabled", "accounting_storage/none")


def usage(job: str, names: Collection[str]) -> dict[str, StepUsage]:
    """Return what the steps of an allocation with these names used, if sacct has their ends.

    Raises NoAccountingError if Slurm keeps no records here, and SlurmError.
    """
    try:
        text = run(("sacct", f"--jobs={job}", "--noheader", "--parsable2", f"--format={_FIELDS}"), _SECONDS)
    except NoSlurmError as error:
        raise NoAccountingError(str(error)) from error
    except SlurmError as error:
        if any(words in str(error) for words in _NONE_HERE):
            raise NoAccountingError(str(error)) from error
        raise
    return {name: used for name, used in read_usage(text).items() if name in names}


def read_usage(text: str) -> Mapping[str, StepUsage]:
    """Return what each ended step used. `text` is the output of sacct; names have no separator."""
    found = {}
    for line in text.splitlines():
        fields = line.split("|")
        if len(fields) != 8 or not fields[1] or fields[1].startswith(_ALIVE):
            continue
        name, _, rss, vm_size, disk_read, disk_write, cpu, nodes = fields
        found[name] = StepUsage(
            max_rss_bytes=size_bytes(rss),
            max_vm_size_bytes=size_bytes(vm_size),
            max_disk_read_bytes=size_bytes(disk_read),
            max_disk_write_bytes=size_bytes(disk_write),
            ave_cpu_seconds=time_seconds(cpu),
            nodes=nodes or None,
        )
    return found


def size_bytes(text: str) -> int | None:
    """Parse a size of sacct, such as `4720K` or `0.01M`; None if it is empty or unknown."""
    number, unit = (text[:-1], _UNITS.get(text[-1])) if text and text[-1].isalpha() else (text, 1)
    try:
        return None if unit is None else round(float(number) * unit)
    except ValueError:
        return None


def time_seconds(text: str) -> float | None:
    """Parse a time of sacct, `[days-][hours:]minutes:seconds[.fraction]`; None if it is empty or unknown."""
    days, _, rest = text.rpartition("-")
    try:
        seconds = 0.0
        for part in rest.split(":"):
            seconds = 60 * seconds + float(part)
        return seconds + 86400 * int(days or 0)
    except ValueError:
        return None
