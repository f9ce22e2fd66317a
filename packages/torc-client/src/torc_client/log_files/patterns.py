"""What is known to have gone wrong when a log says such a thing. One line a pattern, the more particular first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words in a log, what they mean, and what helps."""

    name: str
    severity: Severity
    phrases: tuple[bytes, ...]
    """A line has one of them, in whatever case; here in lower case."""

    meaning: str
    remedy: str
    only_if: re.Pattern[bytes] | None = None
    """What the line must match as well, where the phrases alone say too little."""

    def is_in(self, line: bytes, lowered: bytes) -> bool:
        """Whether a line, which is given in lower case too, has it."""
        if not any(phrase in lowered for phrase in self.phrases):
            return False
        return self.only_if is None or self.only_if.search(line) is not None


_MORE_MEMORY = "Raise the memory of its requirements: torc recover, or torc workflows correct-resources."
_MORE_TIME = "Raise the runtime of its requirements, or give its node more time: torc recover."
_NODE = "Run it again; leave out the node if it happens there again."


def _error(name: str, phrases: str, meaning: str, remedy: str, only_if: str | None = None) -> Pattern:
    return _pattern(Severity.ERROR, (name, phrases, meaning, remedy), only_if)


def _warning(name: str, phrases: str, meaning: str, remedy: str, only_if: str | None = None) -> Pattern:
    return _pattern(Severity.WARNING, (name, phrases, meaning, remedy), only_if)


def _pattern(severity: Severity, told: tuple[str, str, str, str], only_if: str | None) -> Pattern:
    name, phrases, meaning, remedy = told
    literals = tuple(phrase.lower().encode() for phrase in phrases.split("|"))
    return Pattern(name, severity, literals, meaning, remedy, re.compile(only_if.encode()) if only_if else None)


PATTERNS: Final = (
    _error("gpu_memory", "cuda.OutOfMemoryError|CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|hipErrorOutOfMemory",
           "The memory of a GPU ran out", "Let the job take smaller pieces, or a GPU with more memory."),
    _error("gpu_missing", "no CUDA-capable device|CUDA driver version is insufficient|No CUDA GPUs are available",
           "No GPU was there for the job", "Let it require one: num_gpus of its requirements."),
    _error("gpu_error", "CUDA error|CUDA_ERROR_|cudaError|NCCL error|NCCL WARN|NVRM: Xid",
           "A GPU or its driver failed", _NODE),
    _error("runner_memory", "this job was ended: it took|this job was ended: memory|Job out of memory",
           "The runner ended a job that held more memory than it required", _MORE_MEMORY),
    _error("oom_killer", "oom-kill|OOM Killed|Out of memory: Killed process|killed by the OOM|OUT_OF_MEMORY",
           "The system ended a process for want of memory", _MORE_MEMORY),
    _error("memory", "out of memory|MemoryError|std::bad_alloc|Cannot allocate memory|OutOfMemoryError",
           "A program asked for memory and got none", _MORE_MEMORY),
    _error("slurm_time_limit", "DUE TO TIME LIMIT", "Slurm ended it when its time was over", _MORE_TIME),
    _error("time_limit", "time limit exceeded|time limit reached|walltime exceeded|wall time exceeded"
           "|wall clock time exceeded|time limit was exceeded", "Its time was over", _MORE_TIME),
    _error("preempted", "DUE TO PREEMPTION", "Slurm gave its node to somebody of higher priority", "Run it again."),
    _error("node_failure", "DUE TO NODE FAIL|DUE TO NODE_FAIL|NODE_FAIL|node failure", "The node failed", _NODE),
    _error("slurm_step", "srun: error|slurmstepd: error|slurm_load_jobs error",
           "Slurm could not do what it was asked", "Read the line; `scontrol show job` may know more."),
    _error("slurm_submit", "sbatch: error|Batch job submission failed|Invalid account|Invalid partition|Invalid qos",
           "Slurm refused an allocation", "Correct account, partition or QOS of the scheduler configuration."),
    _error("disk_full", "No space left on device|ENOSPC", "A disk was full", "Make room, or write elsewhere."),
    _error("quota", "Disk quota exceeded|EDQUOT", "A quota was used up", "Make room, or ask for more."),
    _error("read_only", "Read-only file system", "A file system could not be written", _NODE),
    _error("stale_file", "Stale file handle|Stale NFS file handle|Input/output error|Remote I/O error",
           "A file system failed under a file that was open", _NODE),
    _error("too_many_files", "Too many open files", "A process opened more files than it may",
           "Raise its limit (`ulimit -n`), or let it close what it has read."),
    _error("no_processes", "fork: retry|can't start new thread|fork: Resource temporarily unavailable",
           "No more processes or threads could be made", "Run fewer jobs at once, or raise `ulimit -u`."),
    _error("ssh", "Host key verification failed|Permission denied (publickey", "ssh was refused",
           "Try `ssh -o BatchMode=yes HOST true` by hand."),
    _error("permission", "Permission denied|Operation not permitted", "Something may not be read, written or run",
           "Look at owner and mode of what the line names."),
    _error("command_missing", "command not found|could not start the command", "A command could not be started",
           "Install it, or set PATH in the job's `env` or `invocation_script`."),
    _error("library_missing", "error while loading shared libraries|cannot open shared object file|glibc_",
           "A shared library is missing", "Load the module or the environment that has it.",
           only_if=r"(?i)shared |GLIBC_\S+' not found"),
    _error("python_module", "ModuleNotFoundError|ImportError", "Python did not find a module",
           "Start the job in the environment that has it."),
    _error("file_missing", "No such file or directory|FileNotFoundError", "A file or a folder was missing",
           "Declare it as an input file, so that it is looked for before the job starts."),
    _error("segfault", "segmentation fault|SIGSEGV|signal 11", "A program touched memory that is not its own",
           "It is an error of that program, or of a library that does not fit it.",
           only_if=r"(?i)segmentation|sigsegv|signal 11\b"),
    _error("illegal_instruction", "Illegal instruction|SIGILL", "A program was built for another kind of CPU",
           "Build it for the oldest CPU among the nodes."),
    _error("bus_error", "Bus error|SIGBUS", "Memory behind a file went away", "Is a file cut, or /dev/shm full?"),
    _error("float_error", "Floating point exception|SIGFPE", "A program computed what has no value",
           "It is an error of that program or of its input."),
    _error("aborted", "Aborted (core dumped)|SIGABRT|core dumped|terminate called after", "A program gave up",
           "The lines before say why."),
    _error("mpi", "MPI_ABORT|MPI_ERR_|PMI error|PMIx error|ORTE_ERROR|BTL_ERROR", "MPI ended the job",
           "The first rank that failed says why; look for its lines."),
    _error("name_lookup", "Name or service not known|Temporary failure in name resolution|Could not resolve host",
           "A name of a host was not found", "Is it right, and has the node a way to the network?"),
    _error("network", "Connection refused|Connection reset by peer|No route to host|Connection timed out|ECONNREFUSED",
           "Another machine did not answer", "Does it run, and may this node reach it?"),
    _error("tls", "certificate verify failed|x509: certificate", "A certificate was not trusted",
           "Give the right authority, as TORC_TLS_CA_CERT for Torc's own server."),
    _error("database", "database is locked|database disk image is malformed", "A SQLite file could not be used",
           "Keep it on a local disk, and let one process write."),
    _error("license", "license|licence", "A licence was not to be had",
           "Run fewer such jobs at once, or ask for more licences.",
           only_if=r"(?i)licen[cs]e.{0,40}(?:denied|expired|not available|checkout failed)"),
    _error("outputs_missing", "output file is missing|output files are missing|Output missing",
           "A job ended well and left out a file that it should write", "Correct the job, or what it declares."),
    _error("python", "Traceback (most recent call last)", "A Python program ended with an exception",
           "The last line of the traceback says why."),
    _error("julia", "ERROR: LoadError", "A Julia program ended with an exception", "The lines behind it say why."),
    _error("r", "Execution halted", "An R program stopped", "The lines before say why."),
    _error("rust", "' panicked at", "A Rust program panicked", "The line says where and why."),
    _error("java", 'Exception in thread "', "A Java program ended with an exception", "The lines behind it say why."),
    _warning("retry", "Job retried|will be retried", "A job was tried again", "Its earlier attempts have files, too."),
    _warning("said_error", "error|fatal|critical", "A program spoke of an error",
             "Read the line: it may be harmless.",
             only_if=r"(?:^|[\s\[])(?:FATAL|CRITICAL|ERROR|Error)(?:[\]:]|\s-)"),
)  # fmt: skip


def pattern_of(line: bytes, among: Iterable[Pattern] = PATTERNS) -> Pattern | None:
    """Return the first pattern that a line has."""
    lowered = line.lower()
    return next((pattern for pattern in among if pattern.is_in(line, lowered)), None)


def possible_in(text: bytes) -> list[Pattern]:
    """Return the patterns of which a long text has words: quick, since most texts have none."""
    lowered = text.lower()
    return [pattern for pattern in PATTERNS if any(phrase in lowered for phrase in pattern.phrases)]
