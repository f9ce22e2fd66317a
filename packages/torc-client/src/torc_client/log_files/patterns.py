"""Patterns of known errors in logs, one line each, the more specific first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final


class Severity(StrEnum):
    """How severe an error is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Phrases in a log, what they mean, and what to do."""

    name: str
    severity: Severity
    phrases: tuple[bytes, ...]
    """A matching line has one of them, in any case; stored in lower case."""

    meaning: str
    remedy: str
    only_if: re.Pattern[bytes] | None = None
    """An expression that the line must match too, if the phrases are too general."""

    def is_in(self, line: bytes, lowered: bytes) -> bool:
        """Whether a line matches; it is also passed in lower case."""
        if not any(phrase in lowered for phrase in self.phrases):
            return False
        return self.only_if is None or self.only_if.search(line) is not None


# The length of the texts by which pieces of a log without any phrase are recognized.
_PART_BYTES: Final = 4
_MORE_MEMORY = "Raise the memory of its requirements: torc recover, or torc workflows correct-resources."
_MORE_TIME = "Raise the runtime of its requirements, or give its node more time: torc recover."
_NODE = "Retry the job; exclude the node if the error occurs there again."


def _error(name: str, phrases: str, meaning: str, remedy: str, only_if: str | None = None) -> Pattern:
    return _pattern(Severity.ERROR, (name, phrases, meaning, remedy), only_if)


def _warning(name: str, phrases: str, meaning: str, remedy: str, only_if: str | None = None) -> Pattern:
    return _pattern(Severity.WARNING, (name, phrases, meaning, remedy), only_if)


def _pattern(severity: Severity, columns: tuple[str, str, str, str], only_if: str | None) -> Pattern:
    name, phrases, meaning, remedy = columns
    literals = tuple(phrase.lower().encode() for phrase in phrases.split("|"))
    return Pattern(name, severity, literals, meaning, remedy, re.compile(only_if.encode()) if only_if else None)


PATTERNS: Final = (
    _error("gpu_memory", "cuda.OutOfMemoryError|CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|hipErrorOutOfMemory",
           "The memory of a GPU ran out", "Use smaller batches, or a GPU with more memory."),
    _error("gpu_missing", "no CUDA-capable device|CUDA driver version is insufficient|No CUDA GPUs are available",
           "The job found no GPU", "Require one: set num_gpus in its requirements."),
    _error("gpu_error", "CUDA error|CUDA_ERROR_|cudaError|NCCL error|NCCL WARN|NVRM: Xid",
           "A GPU or its driver failed", _NODE),
    _error("runner_memory", "this job was ended: it took|this job was ended: memory|Job out of memory",
           "The runner killed a job that used more memory than it required", _MORE_MEMORY),
    _error("oom_killer", "oom-kill|oom_kill|OOM Killed|Out of memory: Killed process|killed by the OOM|OUT_OF_MEMORY",
           "The system killed a process because memory ran out", _MORE_MEMORY),
    _error("memory", "out of memory|MemoryError|std::bad_alloc|Cannot allocate memory|OutOfMemoryError",
           "A program could not allocate memory", _MORE_MEMORY),
    _error("slurm_memory", "Exceeded job memory limit|Exceeded step memory limit|exceeded memory limit",
           "Slurm stopped it because it used more memory than its allocation or step has", _MORE_MEMORY),
    _error("slurm_time_limit", "DUE TO TIME LIMIT", "Slurm stopped it at the end of its time limit", _MORE_TIME),
    _error("time_limit", "time limit exceeded|time limit reached|walltime exceeded|wall time exceeded"
           "|wall clock time exceeded|time limit was exceeded", "It reached its time limit", _MORE_TIME),
    _error("preempted", "DUE TO PREEMPTION", "Slurm gave its node to a job of higher priority", "Retry the job."),
    _error("node_failure", "DUE TO NODE FAIL|DUE TO NODE_FAIL|NODE_FAIL|node failure", "The node failed", _NODE),
    _warning("canceled", "CANCELLED", "An allocation or a step was canceled",
             "If you did not cancel it, `torc slurm sacct` shows its state.", only_if=r"\bCANCELLED\b"),
    _error("slurm_step", "srun: error|slurmstepd: error|slurm_load_jobs error",
           "A Slurm command failed", "Read the line; `scontrol show job` may show more."),
    _error("slurm_submit", "sbatch: error|Batch job submission failed|Invalid account|Invalid partition|Invalid qos",
           "Slurm refused an allocation", "Correct account, partition or QOS of the scheduler configuration."),
    _error("disk_full", "No space left on device|ENOSPC", "A disk was full", "Free disk space, or write elsewhere."),
    _error("quota", "Disk quota exceeded|EDQUOT", "A disk quota was exceeded",
           "Free disk space, or request a larger quota."),
    _error("read_only", "Read-only file system", "A file system is read-only", _NODE),
    _error("stale_file", "Stale file handle|Stale NFS file handle|Input/output error|Remote I/O error",
           "A file system failed while a file was open", _NODE),
    _error("too_many_files", "Too many open files", "A process opened too many files",
           "Raise the limit (`ulimit -n`), or close files after use."),
    _error("no_processes", "fork: retry|can't start new thread|fork: Resource temporarily unavailable",
           "No more processes or threads could be started", "Run fewer jobs at once, or raise `ulimit -u`."),
    _error("ssh", "Host key verification failed|Permission denied (publickey", "ssh access was refused",
           "Try `ssh -o BatchMode=yes HOST true` by hand."),
    _error("permission", "Permission denied|Operation not permitted", "Access to a file was denied",
           "Check owner and mode of the file in the line."),
    _error("command_missing", "command not found|could not start the command", "A command could not be started",
           "Install it, or set PATH in the job's `env` or `invocation_script`."),
    _error("library_missing", "error while loading shared libraries|cannot open shared object file|glibc_",
           "A shared library is missing", "Load the module or the environment that has it.",
           only_if=r"(?i)shared |GLIBC_\S+' not found"),
    _error("python_module", "ModuleNotFoundError|ImportError", "Python did not find a module",
           "Start the job in the environment that has the module."),
    _error("file_missing", "No such file or directory|FileNotFoundError", "A file or a folder was missing",
           "Declare it as an input file, so that it is checked before the job starts."),
    _error("segfault", "segmentation fault|SIGSEGV|signal 11", "A program accessed invalid memory",
           "This is an error of that program, or of an incompatible library.",
           only_if=r"(?i)segmentation|sigsegv|signal 11\b"),
    _error("illegal_instruction", "Illegal instruction|SIGILL", "A program was built for another CPU type",
           "Build it for the oldest CPU among the nodes."),
    _error("bus_error", "Bus error|SIGBUS", "A memory-mapped file became inaccessible",
           "Check whether a file was truncated, or /dev/shm is full."),
    _error("float_error", "Floating point exception|SIGFPE", "A program made an invalid arithmetic operation",
           "This is an error of that program or of its input."),
    _error("aborted", "Aborted (core dumped)|SIGABRT|core dumped|terminate called after", "A program aborted",
           "The lines before show the reason."),
    _error("gpu_limit", "gpu memory", "A program used more memory of a GPU than it may",
           "Use smaller batches, or a GPU with more memory.", only_if=r"(?i)gpu memory.{0,80}exceeded"),
    _error("killed", "killed by signal|task/cgroup", "A process was killed by a signal",
           "The lines before may show why: often memory or time ran out.", only_if=r"(?i)signal|task/cgroup.*: killed"),
    _error("mpi", "MPI_ABORT|MPI_ERR_|PMI error|PMIx error|ORTE_ERROR|BTL_ERROR", "MPI aborted the job",
           "Find the lines of the first rank that failed."),
    _error("name_lookup", "Name or service not known|Temporary failure in name resolution|Could not resolve host",
           "A host name was not found", "Check the name, and the network access of the node."),
    _error("network", "Connection refused|Connection reset by peer|No route to host|Connection timed out|ECONNREFUSED"
           "|Network is unreachable",
           "Another machine did not answer", "Check that it runs, and that this node can reach it."),
    _error("tls", "certificate verify failed|x509: certificate", "A certificate was not trusted",
           "Set the right authority; for Torc's own server with TORC_TLS_CA_CERT."),
    _error("database", "database is locked|database disk image is malformed", "A SQLite file could not be used",
           "Keep it on a local disk, with one writing process."),
    _error("license", "license|licence", "A licence was not available",
           "Run fewer such jobs at once, or request more licences.",
           only_if=r"(?i)licen[cs]e.{0,40}(?:denied|expired|not available|checkout failed)"),
    _error("outputs_missing", "output file is missing|output files are missing|Output missing|command did not write it",
           "A job succeeded without writing a declared output file", "Correct the job, or its declared files."),
    _error("python", "Traceback (most recent call last)", "A Python program ended with an exception",
           "The last line of the traceback shows the reason."),
    _error("julia", "ERROR: LoadError", "A Julia program ended with an exception",
           "The lines after it show the reason."),
    _error("r", "Execution halted", "An R program stopped", "The lines before show the reason."),
    _error("rust", "' panicked at", "A Rust program panicked", "The line shows the place and the reason."),
    _error("java", 'Exception in thread "', "A Java program ended with an exception",
           "The lines after it show the reason."),
    _error("failed", "FAILED", "A program or Slurm printed FAILED", "The lines before show the reason.",
           only_if=r"\bFAILED\b"),
    _warning("retry", "Job retried|will be retried", "A job was retried", "Its earlier attempts have files too."),
    _warning("said_error", "error|fatal|critical", "A program printed the word error",
             "Read the line; it may be harmless.",
             only_if=r"(?:^|[\s\[])(?:FATAL|CRITICAL|ERROR|Error)(?:[\]:]|\s-)"),
)  # fmt: skip


def pattern_of(line: bytes, among: Iterable[Pattern] = PATTERNS) -> Pattern | None:
    """Return the first pattern that matches a line."""
    lowered = line.lower()
    return next((pattern for pattern in among if pattern.is_in(line, lowered)), None)


def possible_in(text: bytes) -> list[Pattern]:
    """Return the patterns with phrases in a long text; this is fast, as most texts have none."""
    lowered = text.lower()
    present = {
        phrase for part, phrases in _parts_of_phrases() if part in lowered for phrase in phrases if phrase in lowered
    }
    return [pattern for pattern in PATTERNS if not present.isdisjoint(pattern.phrases)] if present else []


@cache
def _parts_of_phrases() -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """Return a few short texts and the phrases that contain each: a text without them has none of the phrases."""
    left = {phrase for pattern in PATTERNS for phrase in pattern.phrases}
    found = []
    while left:
        containing: dict[bytes, set[bytes]] = {}
        for phrase in left:
            for start in range(max(1, len(phrase) - _PART_BYTES + 1)):
                containing.setdefault(phrase[start : start + _PART_BYTES], set()).add(phrase)
        part, phrases = max(containing.items(), key=lambda each: (len(each[1]), each[0]))
        found.append((part, tuple(sorted(phrases))))
        left -= phrases
    return tuple(found)
