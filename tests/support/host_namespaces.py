"""A host in namespaces of its own: network, processes, mounts, host name, users, boot id and machine id.

`HostNamespaces` boots one and ends it. Its processes see a /home with their own folders, and the file system of the
machine otherwise.
"""

import os
import secrets
import select
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
ETC_NETNS = Path("/etc/netns")

# Process 1 of a host. It collects processes whose parents have ended, as an init does.
_INIT = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
print("up", flush=True)
while True:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]: pass
    except ChildProcessError:
        pass
    signal.sigwait({signal.SIGCHLD})
"""


def as_root(*words: str | Path | int, stdin: str = "") -> str:
    """Run a program of root, and return its output."""
    ended = subprocess.run([str(word) for word in words], check=False, capture_output=True, text=True, input=stdin)
    assert ended.returncode == 0, f"{shlex.join(map(str, words))}: {ended.stderr}"
    return ended.stdout


def children_of(pid: int) -> list[int]:
    """Return the child processes of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Account:
    """A user of a host. Its home folder is in the folder of the host, outside of the namespaces."""

    def __init__(self, name: str, uid: int, home: Path, shell: str) -> None:
        self.name, self.uid, self.home, self.shell = name, uid, home, shell

    @property
    def home_there(self) -> str:
        """The path of the home folder on the host."""
        return f"/home/{self.name}"

    @property
    def path(self) -> str:
        """The PATH of its programs. `torc` is in the first folder."""
        return f"{self.home_there}/bin:/usr/local/bin:/usr/bin:/bin"

    @property
    def line(self) -> str:
        """The line in /etc/passwd. The password is not locked: sshd would refuse the keys of a locked user."""
        return f"{self.name}:*:{self.uid}:{self.uid}::{self.home_there}:{self.shell}\n"


class HostNamespaces:
    """A host. `folder` has its files: `etc`, and the homes of its users."""

    def __init__(self, folder: Path, namespace: str, name: str) -> None:
        self.folder, self.namespace, self.name = folder, namespace, name
        self.accounts: list[Account] = []
        self.init_pid = 0
        self._init: subprocess.Popen[str] | None = None
        (folder / "etc").mkdir(parents=True)
        self.write_etc("machine-id", f"{uuid.uuid4().hex}\n")
        self.write_etc("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")
        self.write_etc("boot_id", "")

    def write_etc(self, name: str, text: str) -> None:
        """Write a file of /etc of the host. It keeps its inode, so that a running host sees the new text."""
        (self.folder / "etc" / name).write_text(text)

    def add_account(self, account: Account) -> None:
        """Add a user before the host is booted."""
        account.home.mkdir(parents=True)
        os.chown(account.home, account.uid, account.uid)
        account.home.chmod(0o700)
        self.accounts.append(account)

    def boot(self) -> None:
        """Start the host with a new boot id."""
        users = [account.line for account in self.accounts]
        self.write_etc("passwd", Path("/etc/passwd").read_text() + "".join(users))
        groups = [f"{account.name}:x:{account.uid}:\n" for account in self.accounts]
        self.write_etc("group", Path("/etc/group").read_text() + "".join(groups))
        self.write_etc("boot_id", f"{uuid.uuid4()}\n")
        script = "\n".join(self._mounts()) + f'\nhostname {self.name}\nexec {shlex.quote(sys.executable)} -S -c "$1"'
        self._init = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{self.namespace}", "unshare", "--mount", "--uts", "--pid", "--fork",
             "--kill-child", "--mount-proc", "sh", "-ec", script, "sh", _INIT],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._init.stdout is not None
        line = self._init.stdout.readline()
        assert line == "up\n", f"{self.name} did not boot: {line!r}"
        self._init.stdout.close()
        self.init_pid = children_of(self._init.pid)[0]

    def power_off(self) -> None:
        """Kill all processes of the host at once."""
        if self._init is not None:
            self._init.kill()
            self._init.wait()
            _await_end(self.init_pid)
            self._init = None

    def enter(self, *words: str | Path | int, account: Account | None = None) -> list[str]:
        """Return the words that run a program on the host, as root or as a user."""
        entered = ["nsenter", f"--target={self.init_pid}", "--net", "--mount", "--uts", "--pid", "--wd=/", "--"]
        if account is not None:
            entered += [
                "setpriv", f"--reuid={account.uid}", f"--regid={account.uid}", "--clear-groups", "env", "-i",
                "-C", account.home_there, f"HOME={account.home_there}", f"USER={account.name}", f"PATH={account.path}",
            ]  # fmt: skip
        return [*entered, *map(str, words)]

    def run(self, *words: str | Path | int, account: Account | None = None, **options: Any) -> str:
        """Run a program on the host to its end, and return its output."""
        ended: subprocess.CompletedProcess[str] = subprocess.run(
            self.enter(*words, account=account), check=False, capture_output=True, text=True, **options
        )
        assert ended.returncode == 0, f"{shlex.join(map(str, words))} on {self.name}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def _mounts(self) -> Iterator[str]:
        """Yield the commands that make the file system of the host."""
        etc = self.folder / "etc"
        yield "mount --make-rprivate /"
        for file in ("passwd", "group", "hosts", "nsswitch.conf", "machine-id"):
            if Path("/etc", file).exists():
                yield f"mount --bind {shlex.quote(str(etc / file))} /etc/{file}"
        yield f"mount --bind {shlex.quote(str(etc / 'boot_id'))} /proc/sys/kernel/random/boot_id"
        yield f"cd {shlex.quote(str(self.folder))}"
        yield "mount -t tmpfs -o mode=755 tmpfs /home"
        for account in self.accounts:
            here, there = account.home.relative_to(self.folder), account.home_there
            yield f"mkdir {there}; mount --bind {here} {there}"
        yield "mount -t tmpfs -o mode=755 tmpfs /run"
        yield "mkdir /run/sshd"
        yield from _reachable(REPOSITORY, Path(sys.prefix), Path(sys.base_prefix))


def _reachable(*needed: Path) -> Iterator[str]:
    """Yield commands that make folders reachable for all users, where a folder above them is closed to them."""
    closed: dict[Path, list[Path]] = {}
    for path in {each.resolve() for each in needed}:
        for above in reversed(path.parents):
            if not above.stat().st_mode & 0o001:
                closed.setdefault(above, []).append(path)
                break
    for above, paths in closed.items():
        stage = f"/run/{secrets.token_hex(4)}"
        for number, path in enumerate(paths):
            yield f"mkdir -p {stage}/{number}; mount --bind {shlex.quote(str(path))} {stage}/{number}"
        yield f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(above))}"
        for number, path in enumerate(paths):
            yield f"mkdir -p {shlex.quote(str(path))}; mount --bind {stage}/{number} {shlex.quote(str(path))}"


def _await_end(pid: int) -> None:
    try:
        end = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([end], [], [])
    os.close(end)
