"""Detection of GPUs, with fake files of the drivers and a fake `pynvml`. The tests need no GPU."""

import sys
from pathlib import Path

import pytest

from support import needs
from torc_runner.detect.gpus import Gpus, detect_gpus


class NVMLError(Exception):
    """The exception of pynvml."""


class FakeNvml:
    """`pynvml` with the devices of the test. A list is a partitioned device."""

    NVMLError = NVMLError

    def __init__(self, *devices, is_broken=False):
        self.devices = devices
        self.is_broken = is_broken
        self.is_open = False

    def nvmlInit(self):  # noqa: N802
        if self.is_broken:
            raise NVMLError("Driver/library version mismatch")
        self.is_open = True

    def nvmlShutdown(self):  # noqa: N802
        self.is_open = False

    def nvmlDeviceGetCount(self):  # noqa: N802
        assert self.is_open
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, number):  # noqa: N802
        return self.devices[number]

    def nvmlDeviceGetMigMode(self, device):  # noqa: N802
        if device == "cannot be cut":
            raise NVMLError("Not Supported")
        return (int(isinstance(device, list)), 0)

    def nvmlDeviceGetMaxMigDeviceCount(self, _):  # noqa: N802
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, device, number):  # noqa: N802
        if number >= len(device):
            raise NVMLError("Not Found")
        return device[number]

    def nvmlDeviceGetUUID(self, instance):  # noqa: N802
        return instance


class Machine:
    """A fake machine, to which a test adds GPUs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def nvidia(self, count: int) -> None:
        gpus = self._folder / "proc/driver/nvidia/gpus"
        gpus.mkdir(parents=True)
        for number in range(count):
            (gpus / f"0000:0{number}:00.0").mkdir()

    def nvml(self, *devices: str | list[str], **members: bool) -> FakeNvml:
        nvml = FakeNvml(*devices, **members)
        self._monkeypatch.setitem(sys.modules, "pynvml", nvml)
        return nvml

    def amd(self, *simd_counts: int) -> None:
        for number, count in enumerate(simd_counts):
            node = self._folder / f"sys/class/kfd/kfd/topology/nodes/{number}"
            node.mkdir(parents=True)
            (node / "properties").write_text(f"cpu_cores_count 0\nsimd_count {count}\nmem_banks_count 1\n")

    def find(self, **environment: str) -> Gpus:
        return detect_gpus(environment, self._folder / "proc", self._folder / "sys")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    return Machine(tmp_path, monkeypatch)


def test_the_fake_module_has_the_functions_of_the_real_one(machine, monkeypatch):
    monkeypatch.delitem(sys.modules, "pynvml")
    real = needs.library("pynvml")
    functions = [name for name in vars(FakeNvml) if name.startswith("nvml")]
    assert [name for name in functions if not hasattr(real, name)] == []
    machine.nvidia(2)
    assert len(machine.find().device_ids) >= 2, "without the library, /proc is read"


def test_a_machine_without_gpus_has_none(machine):
    assert machine.find(CUDA_VISIBLE_DEVICES="0,1", ROCR_VISIBLE_DEVICES="0").device_ids == ()


def test_nvml_is_loaded_only_with_a_driver(machine):
    machine.nvml("any", "any")
    assert machine.find().device_ids == ()


def test_nvml_lists_the_devices(machine):
    machine.nvidia(0)
    nvml = machine.nvml("any", "cannot be cut", "any")
    assert machine.find() == Gpus(("0", "1", "2"), "CUDA_VISIBLE_DEVICES")
    assert not nvml.is_open


def test_a_partitioned_device_is_listed_as_its_instances(machine):
    machine.nvidia(2)
    machine.nvml("any", [b"MIG-1", "MIG-2"])
    assert machine.find().device_ids == ("0", "MIG-1", "MIG-2")


def test_without_the_package_proc_is_read(machine):
    machine.nvidia(2)
    assert machine.find().device_ids == ("0", "1")


def test_after_an_error_of_nvml_proc_is_read(machine):
    machine.nvidia(3)
    machine.nvml(is_broken=True)
    assert machine.find().device_ids == ("0", "1", "2")


@pytest.mark.parametrize(
    ("confinement", "expected"),
    [
        ("", ()),
        ("-1", ()),
        ("NoDevFiles", ()),
        ("2,0", ("2", "0")),
        ("1, 1,3", ("1", "3")),
        ("0,9,1", ("0",)),
        ("GPU-5c2,MIG-77", ("GPU-5c2", "MIG-77")),
    ],
)
def test_the_variable_restricts_the_devices(machine, confinement, expected):
    machine.nvidia(4)
    assert machine.find(CUDA_VISIBLE_DEVICES=confinement).device_ids == expected


def test_amd_devices_are_the_nodes_with_simd_units(machine):
    machine.amd(0, 256, 256)
    assert machine.find() == Gpus(("0", "1"), "ROCR_VISIBLE_DEVICES")
    assert machine.find(ROCR_VISIBLE_DEVICES="1").device_ids == ("1",)


def test_nvidia_takes_precedence_over_amd(machine):
    machine.amd(64)
    machine.nvidia(1)
    assert machine.find() == Gpus(("0",), "CUDA_VISIBLE_DEVICES")


@pytest.mark.parametrize(
    ("count", "expected"),
    [(None, ("3", "GPU-x")), (0, ()), (1, ("3",)), (2, ("3", "GPU-x")), (4, ("3", "GPU-x", "0", "1"))],
)
def test_an_option_sets_the_number_of_devices(count, expected):
    assert Gpus(("3", "GPU-x")).confined(count).device_ids == expected
