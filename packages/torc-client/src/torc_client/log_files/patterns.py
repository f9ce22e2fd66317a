"""What is known to have gone wrong when a log says such a thing. One line a pattern, the more particular first."""

import re
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
    regex: str
    """Of bytes, whatever their case."""

    meaning: str
    remedy: str


_MORE_MEMORY = "Raise the memory of its requirements: torc recover, or torc workflows correct-resources."
_MORE_TIME = "Raise the runtime of its requirements, or give its node more time: torc recover."
_NODE = "Run it again; leave out the node if it happens there again."


def _error(name: str, regex: str, meaning: str, remedy: str) -> Pattern:
    return Pattern(name, Severity.ERROR, regex, meaning, remedy)


def _warning(name: str, regex: str, meaning: str, remedy: str) -> Pattern:
    return Pattern(name, Severity.WARNING, regex, meaning, remedy)


PATTERNS: Final = (
    _error("gpu_memory", r"cuda\.OutOfMemoryError|CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|hipErrorOutOfMemory",
           "The memory of a GPU ran out", "Let the job take smaller pieces, or a GPU with more memory."),
    _error("gpu_error", r"CUDA error|CUDA_ERROR_\w+|cudaError\w+|NCCL (?:error|WARN)|NVRM: Xid",
           "A GPU or its driver failed", _NODE),
    _error("gpu_missing", r"no CUDA-capable device|CUDA driver version is insufficient|No CUDA GPUs are available",
           "No GPU was there for the job", "Let it require one: num_gpus of its requirements."),
    _error("runner_memory", r"this job was ended: it took|Job out of memory",
           "The runner ended a job that held more memory than it required", _MORE_MEMORY),
    _error("oom_killer", r"oom-kill|OOM Killed|Out of memory: Killed process|killed by the OOM|OUT_OF_MEMORY",
           "The system ended a process for want of memory", _MORE_MEMORY),
    _error("memory", r"out of memory|MemoryError|std::bad_alloc|Cannot allocate memory|OutOfMemoryError",
           "A program asked for memory and got none", _MORE_MEMORY),
    _error("slurm_time_limit", r"CANCELLED AT .* DUE TO TIME LIMIT|DUE TO TIME LIMIT",
           "Slurm ended it when its time was over", _MORE_TIME),
    _error("time_limit", r"time limit (?:was )?(?:exceeded|reached)|wall ?(?:clock )?time (?:limit )?exceeded",
           "Its time was over", _MORE_TIME),
    _error("preempted", r"DUE TO PREEMPTION", "Slurm gave its node to somebody of higher priority", "Run it again."),
    _error("node_failure", r"DUE TO NODE[ _]FAIL|NODE_FAIL|Node failure", "The node failed", _NODE),
    _error("slurm_step", r"srun: error|slurmstepd: error|slurm_load_jobs error",
           "Slurm could not do what it was asked", "Read the line; `scontrol show job` may know more."),
    _error("slurm_submit", r"sbatch: error|Batch job submission failed|Invalid (?:account|partition|qos)",
           "Slurm refused an allocation", "Correct account, partition or QOS of the scheduler configuration."),
    _error("disk_full", r"No space left on device|ENOSPC", "A disk was full", "Make room, or write elsewhere."),
    _error("quota", r"Disk quota exceeded|EDQUOT", "A quota was used up", "Make room, or ask for more."),
    _error("read_only", r"Read-only file system", "A file system could not be written", _NODE),
    _error("stale_file", r"Stale (?:NFS )?file handle|Input/output error|Remote I/O error",
           "A file system failed under a file that was open", _NODE),
    _error("too_many_files", r"Too many open files", "A process opened more files than it may",
           "Raise its limit (`ulimit -n`), or let it close what it has read."),
    _error("no_processes", r"Resource temporarily unavailable|fork: retry|can't start new thread",
           "No more processes or threads could be made", "Run fewer jobs at once, or raise `ulimit -u`."),
    _error("permission", r"Permission denied|Operation not permitted", "Something may not be read, written or run",
           "Look at owner and mode of what the line names."),
    _error("command_missing", r"command not found|could not start the command", "A command was not found",
           "Install it, or set PATH in the job's `env` or `invocation_script`."),
    _error("library_missing",
           r"error while loading shared libraries|cannot open shared object file|GLIBC_\S+' not found",
           "A shared library is missing", "Load the module or the environment that has it."),
    _error("python_module", r"ModuleNotFoundError|ImportError", "Python did not find a module",
           "Start the job in the environment that has it."),
    _error("file_missing", r"No such file or directory|FileNotFoundError", "A file or a folder was missing",
           "Declare it as an input file, so that it is looked for before the job starts."),
    _error("segfault", r"segmentation fault|SIGSEGV|signal 11\b", "A program touched memory that is not its own",
           "It is an error of that program, or of a library that does not fit it."),
    _error("illegal_instruction", r"Illegal instruction|SIGILL", "A program was built for another kind of CPU",
           "Build it for the oldest CPU among the nodes."),
    _error("bus_error", r"\bBus error\b|SIGBUS", "Memory behind a file went away", "Is a file cut, or /dev/shm full?"),
    _error("float_error", r"Floating point exception|SIGFPE", "A program computed what has no value",
           "It is an error of that program or of its input."),
    _error("aborted", r"Aborted \(core dumped\)|SIGABRT|\bcore dumped\b|terminate called after", "A program gave up",
           "The lines before say why."),
    _error("mpi", r"MPI_ABORT|MPI_ERR_\w+|PMIx? (?:error|ERROR)|ORTE_ERROR|BTL_ERROR", "MPI ended the job",
           "The first rank that failed says why; look for its lines."),
    _error("name_lookup", r"Name or service not known|Temporary failure in name resolution|Could not resolve host",
           "A name of a host was not found", "Is it right, and has the node a way to the network?"),
    _error("network", r"Connection refused|Connection reset by peer|No route to host|Connection timed out|ECONNREFUSED",
           "Another machine did not answer", "Does it run, and may this node reach it?"),
    _error("tls", r"certificate verify failed|SSL: \w+|x509: ", "A certificate was not trusted",
           "Give the right authority, as TORC_TLS_CA_CERT for Torc's own server."),
    _error("ssh", r"Host key verification failed|Permission denied \(publickey", "ssh was refused",
           "Try `ssh -o BatchMode=yes HOST true` by hand."),
    _error("database", r"database is locked|database disk image is malformed", "A SQLite file could not be used",
           "Keep it on a local disk, and let one process write."),
    _error("license", r"(?:licen[cs]e).{0,40}(?:denied|expired|not available|checkout failed)",
           "A licence was not to be had", "Run fewer such jobs at once, or ask for more licences."),
    _error("outputs_missing", r"output files? (?:is|are) missing|Output missing",
           "A job ended well and left out a file that it should write", "Correct the job, or what it declares."),
    _error("python", r"Traceback \(most recent call last\)", "A Python program ended with an exception",
           "The last line of the traceback says why."),
    _error("julia", r"ERROR: LoadError", "A Julia program ended with an exception", "The lines behind it say why."),
    _error("r", r"Execution halted|Error in .{1,80} :", "An R program stopped", "The lines before say why."),
    _error("rust", r"thread '.{1,80}' panicked at", "A Rust program panicked", "The line says where and why."),
    _error("java", r"Exception in thread \"", "A Java program ended with an exception", "The lines behind it say why."),
    _warning("retry", r"Job retried|will be retried", "A job was tried again", "Its earlier attempts have files, too."),
    _warning("said_error", r"(?:^|[\s\[])(?:FATAL|CRITICAL|ERROR|Error)(?:[\]:]|\s-)", "A program spoke of an error",
             "Read the line: it may be harmless."),
)  # fmt: skip

BY_NAME: Final = {pattern.name: pattern for pattern in PATTERNS}


def one_for_all() -> re.Pattern[bytes]:
    """Make one expression of all patterns; the name of the group that matched is the pattern's."""
    parts = (f"(?P<{pattern.name}>{pattern.regex})" for pattern in PATTERNS if pattern.name != "said_error")
    # Case matters only for the word `error`, which prose has as well.
    last = BY_NAME["said_error"]
    return re.compile(f"(?i:{'|'.join(parts)})|(?P<{last.name}>{last.regex})".encode())
