"""A private RabbitMQ node: the installed one, else unpacked from Debian's packages; any user."""

import glob
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from local import debian
from local.ports import free_port
from local.programs import Program, listens, spawn, speaks_amqp

USER = "style"
# Not /usr/sbin/rabbitmq-server: that wrapper switches to its own account and refuses others.
SCRIPTS = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
)
PACKAGES = r"erlang-(?!base-hipe)[a-z0-9-]+|libsctp1|libtinfo6"
CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
log.file = false
log.console = true
log.console.level = warning
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 512MB
heartbeat = 30
"""


class RabbitFailed(Exception):
    """The broker did not come up; the message holds its last log lines."""


class Rabbit:
    """One node under `folder`, whose messages and password outlive it.

    `distribution` is where a missing RabbitMQ is unpacked. `programs()` are what a supervisor
    starts; `start()` and `stop()` do without one.
    """

    def __init__(self, folder: Path, *, distribution: Path) -> None:
        self.folder = folder.resolve()
        self.distribution = distribution.resolve()
        self.port, self.cluster_port, self.names_port = free_port(), free_port(), free_port()
        self.log = self.folder / "rabbitmq.log"
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def password(self) -> str:
        """Made with the node; raises FileNotFoundError before `prepare()`."""
        return (self.folder / "password").read_text()

    @property
    def url(self) -> str:
        """Where a client connects."""
        return f"amqp://{USER}:{self.password}@127.0.0.1:{self.port}/%2F"

    def prepare(self) -> None:
        """Find or fetch RabbitMQ and write its configuration; raises debian.Unavailable."""
        self._script()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        password = self.folder / "password"
        # The broker makes its user on the first start only, so the password must last.
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(16))
        text = CONFIGURATION.format(port=self.port, user=USER, password=self.password)
        configuration = self.folder / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(text)
        (self.folder / "enabled_plugins").write_text("[].\n")

    def programs(self) -> list[Program]:
        """The name server and the node, as a supervisor starts them."""
        environment = self._environment()
        epmd = self._beside("epmd")
        return [
            Program(
                name="epmd",
                argv=[epmd, "-port", str(self.names_port), "-address", "127.0.0.1"],
                env=environment,
                ready=listens(self.names_port),
                quiet=True,
            ),
            Program(
                name="rabbitmq",
                argv=[self._script()],
                env=environment,
                needs=("epmd",),
                ready=speaks_amqp(self.port),
                quiet=True,
                cwd=self.folder,
                stop_seconds=20,
            ),
        ]

    def start(self) -> Self:
        """Bring it up and wait; raises RabbitFailed."""
        self.prepare()
        for program in self.programs():
            process = spawn(program, log=self.log)
            self._running.append(process)
            deadline = time.monotonic() + program.start_seconds
            while program.ready and not program.ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RabbitFailed(self.log.read_text(errors="replace")[-3000:])
                time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Shut it down; nothing happens when it is down already."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _script(self) -> str:
        if named := os.environ.get("RABBITMQ_SERVER"):
            return named
        for pattern in SCRIPTS:
            for found in glob.glob(pattern):
                return found
        tree = debian.unpack(
            self.distribution, package="rabbitmq-server", wanted=PACKAGES, then=self._relocate
        )
        return str(tree / "usr/lib/rabbitmq/bin/rabbitmq-server")

    def _relocate(self, tree: Path) -> None:
        start = tree / "usr/lib/erlang/bin/erl"
        home = f"{self.distribution}/usr/lib/erlang"
        start.write_text(start.read_text().replace("/usr/lib/erlang", home))

    def _beside(self, name: str) -> str:
        own = self.distribution / "usr/lib/erlang/bin" / name
        found = str(own) if own.exists() else shutil.which(name)
        if not found:
            raise debian.Unavailable(f"{name}, a part of Erlang, is missing")
        return found

    def _environment(self) -> dict[str, str]:
        home = self.folder
        erlang = f"{self.distribution}/usr/lib/erlang/bin:"
        files = {
            # Read otherwise: the machine's own /etc/rabbitmq/rabbitmq-env.conf.
            "RABBITMQ_CONF_ENV_FILE": "none.conf",
            "RABBITMQ_CONFIG_FILE": "rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": "advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": "enabled_plugins",
            "RABBITMQ_MNESIA_BASE": "mnesia",
            "RABBITMQ_LOG_BASE": "log",
            "RABBITMQ_PID_FILE": "pid",
            "RABBITMQ_GENERATED_CONFIG_DIR": "generated",
            "RABBITMQ_SCHEMA_DIR": "schema",
        }
        return {
            "PATH": (erlang if self.distribution.exists() else "") + os.environ["PATH"],
            # The cookie that guards the node is written here.
            "HOME": str(home),
            **{name: str(home / file) for name, file in files.items()},
            "RABBITMQ_NODENAME": "style@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.cluster_port),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self.names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
        }
