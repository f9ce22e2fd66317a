"""Lines of logs, and what they mean."""

import pytest

from torc_client.log_files.patterns import PATTERNS, pattern_of

LINES = {
    "gpu_memory": "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB",
    "gpu_error": "RuntimeError: CUDA error: an illegal memory access was encountered",
    "gpu_missing": "no CUDA-capable device is detected",
    "runner_memory": "torc-runner: this job was ended: it took 196.6 MiB of memory; its limit is 100.0 MiB",
    "oom_killer": "slurmstepd: Detected 1 oom-kill event(s) in StepId=1.batch",
    "memory": "terminate called: std::bad_alloc",
    "slurm_time_limit": "JOB 12 ON r1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***",
    "time_limit": "walltime exceeded",
    "preempted": "JOB 12 CANCELLED DUE TO PREEMPTION",
    "node_failure": "JOB 12 CANCELLED DUE TO NODE FAILURE",
    "slurm_step": "srun: error: r1: task 0: Exited with exit code 1",
    "slurm_submit": "sbatch: error: something",
    "disk_full": "OSError: [Errno 28] No space left on device",
    "quota": "write: Disk quota exceeded",
    "read_only": "cp: cannot create: Read-only file system",
    "stale_file": "cat: x: Stale file handle",
    "too_many_files": "OSError: [Errno 24] Too many open files",
    "no_processes": "bash: fork: retry: Resource temporarily unavailable",
    "permission": "bash: ./run: Permission denied",
    "command_missing": "bash: line 1: solver: command not found",
    "library_missing": "solver: error while loading shared libraries: libx.so",
    "python_module": "ModuleNotFoundError: No module named 'numpy'",
    "file_missing": "cat: in.txt: No such file or directory",
    "segfault": "Segmentation fault",
    "illegal_instruction": "Illegal instruction",
    "bus_error": "Bus error",
    "float_error": "Floating point exception",
    "aborted": "Aborted (core dumped)",
    "mpi": "MPI_ABORT was invoked on rank 3",
    "name_lookup": "ssh: Could not resolve hostname x: Name or service not known",
    "network": "connect to host x port 22: Connection refused",
    "tls": "ssl.SSLCertVerificationError: certificate verify failed",
    "ssh": "Host key verification failed.",
    "database": "sqlite3.OperationalError: database is locked",
    "license": "License checkout failed",
    "outputs_missing": "output file is missing",
    "python": "Traceback (most recent call last):",
    "julia": "ERROR: LoadError: x",
    "r": "Execution halted",
    "rust": "thread 'main' panicked at src/main.rs:1",
    "java": 'Exception in thread "main" java.lang.X',
    "retry": "Job retried job_id=3",
    "slurm_memory": "slurmstepd: error: Exceeded job memory limit at some point.",
    "canceled": "slurmstepd: error: *** JOB 54 ON n1 CANCELLED AT 2026-01-01T00:00:00 ***",
    "gpu_limit": "GPU memory limit exceeded",
    "killed": "child 77 killed by signal 9",
    "failed": "State=FAILED",
    "said_error": "2026-01-01 [ERROR] it is bad",
}


@pytest.mark.parametrize(("name", "line"), LINES.items())
def test_a_line_is_known(name, line):
    found = pattern_of(line.encode())
    assert found is not None
    assert found.name == name


def test_every_pattern_is_shown_to_work():
    assert {pattern.name for pattern in PATTERNS} == set(LINES)
    assert all(pattern.meaning and pattern.remedy for pattern in PATTERNS)


@pytest.mark.parametrize(
    "line",
    ["Job completed workflow_id=1 job_id=1 status=failed return_code=3", "mean error 0.3", "all is well", "0 errors"],
)
def test_harmless_lines_are_harmless(line):
    assert pattern_of(line.encode()) is None


@pytest.mark.parametrize(
    "line",
    [
        "Out of Memory", "Detected 1 oom_kill event in StepId=5.0", "fork: Cannot allocate memory",
        "memory cgroup out of memory: Killed process 7", "slurmstepd: error: x", "srun: error: x", "NODE_FAIL",
        "task/cgroup: unable: Killed", "Network is unreachable", "CUDA error: x", "SIGBUS", "MemoryError",
    ],
)  # fmt: skip
def test_what_slurm_and_the_system_print_is_an_error(line):
    found = pattern_of(line.encode())
    assert found is not None
    assert found.severity == "error"
