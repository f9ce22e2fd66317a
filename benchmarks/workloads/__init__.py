"""The workloads, in the order of the table."""

from benchmarks.measure import Workload
from benchmarks.workloads.all_to_all import ALL_TO_ALL
from benchmarks.workloads.allocations import ALLOCATIONS
from benchmarks.workloads.batches import BATCHES
from benchmarks.workloads.chain import CHAIN
from benchmarks.workloads.cli_start import CLI_START
from benchmarks.workloads.create_and_initialize import CREATE_AND_INITIALIZE
from benchmarks.workloads.dashboard import DASHBOARD
from benchmarks.workloads.end_to_end import END_TO_END
from benchmarks.workloads.idle_runners import IDLE_RUNNERS
from benchmarks.workloads.limits import LIMITS
from benchmarks.workloads.many_runners import MANY_RUNNERS
from benchmarks.workloads.mcp import MCP
from benchmarks.workloads.neighbours import NEIGHBOURS
from benchmarks.workloads.peers import PEERS
from benchmarks.workloads.release_latency import RELEASE_LATENCY
from benchmarks.workloads.scale import SCALE
from benchmarks.workloads.single_calls import SINGLE_CALLS
from benchmarks.workloads.tui import TUI

WORKLOADS: tuple[Workload, ...] = (
    LIMITS,
    END_TO_END,
    PEERS,
    CHAIN,
    RELEASE_LATENCY,
    SINGLE_CALLS,
    BATCHES,
    MANY_RUNNERS,
    ALLOCATIONS,
    IDLE_RUNNERS,
    CREATE_AND_INITIALIZE,
    ALL_TO_ALL,
    SCALE,
    NEIGHBOURS,
    CLI_START,
    DASHBOARD,
    TUI,
    MCP,
)
