"""Other programs that run commands, each doing the same work: N times `bash -c true`, both outputs kept."""

from benchmarks.peers.environment import PythonPeer
from benchmarks.peers.gnu_parallel import GnuParallel
from benchmarks.peers.peer import Peer

PEERS: tuple[Peer, ...] = (
    PythonPeer("HyperQueue", 2, ("hyperqueue==0.27.0",), "hyperqueue_jobs.py"),
    GnuParallel("GNU parallel", 2),
    PythonPeer("Parsl HTEX", 2, ("parsl==2026.10.26",), "parsl_jobs.py"),
    PythonPeer("Luigi", 2, ("luigi==3.8.1",), "luigi_jobs.py", is_slow=True),
    PythonPeer("Snakemake", 2, ("snakemake==9.27.1",), "snakemake_jobs.py", is_slow=True),
    PythonPeer("Dask distributed", 1, ("distributed==2026.8.0",), "dask_jobs.py"),
)
