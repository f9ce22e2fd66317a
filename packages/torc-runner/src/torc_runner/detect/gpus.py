"""GPUs that this process may use, by the names that their drivers use.

NVIDIA GPUs are listed by NVML if its Python package is installed, else from /proc; AMD GPUs are listed from /sys.
A variable such as CUDA_VISIBLE_DEVICES, which batch systems set, restricts the list.
"""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from torc_runner.machine.gpu_variables import CUDA_VARIABLE, ROCR_VARIABLE

_PROC = Path("/proc")
_SYS = Path("/sys")


class Gpus(Struct, frozen=True):
    """GPUs of one vendor."""

    device_ids: tuple[str, ...] = ()
    variable: str = CUDA_VARIABLE
    """The environment variable that restricts a process to some of them. AMD's HIP also reads that of CUDA."""

    def confined(self, count: int | None) -> "Gpus":
        """Keep the first `count`, or all for None. A `count` above the number found adds the missing numbers."""
        if count is None or count == len(self.device_ids):
            return self
        number, ids = 0, [*self.device_ids[:count]]
        while len(ids) < count:
            if str(number) not in ids:
                ids.append(str(number))
            number += 1
        return replace(self, device_ids=tuple(ids))

    def shared(self, num_jobs: int) -> "Gpus":
        """Return each GPU once for each of the jobs that share it, one after the other."""
        return replace(self, device_ids=tuple(name for name in self.device_ids for _ in range(num_jobs)))


def detect_gpus(environment: Mapping[str, str], proc: Path | None = None, sys: Path | None = None) -> Gpus:
    """Detect the GPUs. On a node with GPUs of both vendors, only those of NVIDIA are used."""
    proc, sys = proc or _PROC, sys or _SYS
    nvidia = _nvidia_ids(proc)
    if nvidia:
        return Gpus(_visible(nvidia, environment.get(CUDA_VARIABLE)), CUDA_VARIABLE)
    amd = [str(number) for number in range(_num_amd(sys))]
    if amd:
        return Gpus(_visible(amd, environment.get(ROCR_VARIABLE)), ROCR_VARIABLE)
    return Gpus()


def _nvidia_ids(proc: Path) -> list[str]:
    if not (proc / "driver/nvidia").exists():
        return []  # no driver: do not load NVML
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        nvml = None
    if nvml is not None:
        try:
            nvml.nvmlInit()
            try:
                return _nvml_ids(nvml)
            finally:
                nvml.nvmlShutdown()
        except nvml.NVMLError:
            pass  # for example, the versions of driver and library differ
    return [str(number) for number, _ in enumerate(_folders(proc / "driver/nvidia/gpus"))]


def _nvml_ids(nvml: Any) -> list[str]:
    """Return the numbers of the devices; a partitioned device is returned as its instances, by UUID."""
    ids = []
    for number in range(nvml.nvmlDeviceGetCount()):
        instances = _instances(nvml, nvml.nvmlDeviceGetHandleByIndex(number))
        ids += [str(number)] if instances is None else instances
    return ids


def _instances(nvml: Any, device: Any) -> list[str] | None:
    try:
        is_cut, _ = nvml.nvmlDeviceGetMigMode(device)
    except nvml.NVMLError:
        return None  # a device without MIG
    if not is_cut:
        return None
    names = []
    for number in range(nvml.nvmlDeviceGetMaxMigDeviceCount(device)):
        try:
            name = nvml.nvmlDeviceGetUUID(nvml.nvmlDeviceGetMigDeviceHandleByIndex(device, number))
        except nvml.NVMLError:
            continue  # an unused number
        names.append(name.decode() if isinstance(name, bytes) else str(name))
    return names


def _num_amd(sys: Path) -> int:
    """Count the compute nodes of the topology; the properties of inaccessible ones are empty."""
    count = 0
    for node in _folders(sys / "class/kfd/kfd/topology/nodes"):
        try:
            lines = (node / "properties").read_text().splitlines()
        except OSError:
            continue
        count += any(line.startswith("simd_count ") and line.split()[1] != "0" for line in lines)
    return count


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _visible(device_ids: Sequence[str], confinement: str | None) -> tuple[str, ...]:
    """Keep the devices that the variable names, up to the first invalid one, as the drivers do."""
    if confinement is None:
        return tuple(device_ids)
    chosen: list[str] = []
    for word in confinement.split(","):
        name = word.strip()
        if not name or name.startswith("-") or (name.isdecimal() and int(name) >= len(device_ids)):
            break
        if not name.isdecimal() and "-" not in name:
            break
        if name not in chosen:
            chosen.append(name)
    return tuple(chosen)
