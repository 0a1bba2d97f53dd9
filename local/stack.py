"""The whole platform as programs for the supervisor."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.ports import free_port
from local.postgres import Postgres
from local.programs import Program, answers_http, listens
from local.rabbitmq import Rabbit
from local.sandboxes.runpod.worker import worker_listens
from local.settings import (
    ENDPOINTS,
    Ports,
    app_environment,
    aws_environment,
    gpu_environment,
    kept_secrets,
    openid_environment,
)
from local.site import is_built

ROOT = Path(__file__).parents[1]
OPENID = ROOT / "local" / "openid"
WEB = ROOT / "frontend"
API_WORKERS = 2
API_THREADS = 8


class Incomplete(Exception):
    """Something the stack needs is not on this machine; the message says what to do."""


@dataclass(frozen=True)
class Stack:
    """Programs in order of start, and what others need to reach them."""

    programs: list[Program]
    environment: Mapping[str, str]
    ports: Ports
    folder: Path

    @property
    def url(self) -> str:
        """Where people reach the platform."""
        return self.environment["PUBLIC_URL"]


def build_stack(
    folder: Path,
    *,
    port: int = 0,
    workers: bool = True,
    hot_reload: bool = False,
    seed: bool = False,
    **overrides: str,
) -> Stack:
    """The platform with its data in `folder`; `overrides` are settings of the app.

    With `hot_reload` pages come from Vite instead of the built web app; `seed` adds demo content.
    Fetches RabbitMQ and makes the database when they are missing; starts nothing.
    """
    if not hot_reload and not is_built():
        raise Incomplete("the web app is not built: make setup")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ports = Ports.choose(port)
    stores, addresses = _stores(folder, overrides)
    environment = app_environment(
        ports=ports,
        keys=kept_secrets(folder),
        overrides=overrides,
        **addresses,
    )
    stores.append(_aws(ports, folder))
    programs = [
        *stores,
        _openid(environment, ports, folder),
        _runpod(environment, ports),
        _toss(environment, ports, folder),
        _prepare(environment, needs=tuple(program.name for program in stores)),
        _api(environment, ports),
        *_bridges(environment),
    ]
    if hot_reload:
        programs.insert(0, vite := _vite(free_port()))
        environment["WEB_DEV_URL"] = f"http://127.0.0.1:{vite.env['WEB_DEV_PORT']}"
    if workers:
        programs += [_gpu_worker(environment, name, ports, folder) for name in ENDPOINTS]
    if seed:
        programs.append(_seeding(environment, folder))
    return Stack(programs, environment, ports, folder)


def _stores(folder: Path, overrides: dict[str, str]) -> tuple[list[Program], dict[str, str]]:
    """Database and broker that nobody brought, and where all of them are."""
    programs: list[Program] = []
    database_url = overrides.pop("DATABASE_URL", os.environ.get("DATABASE_URL"))
    if not database_url:
        postgres = Postgres(folder / "postgres", durable=True)
        postgres.prepare()
        database_url = postgres.url()
        programs.append(postgres.program())
    amqp_url = overrides.pop("AMQP_URL", os.environ.get("AMQP_URL"))
    if not amqp_url:
        rabbit = Rabbit(folder / "rabbitmq", distribution=ROOT / ".local" / "rabbitmq-dist")
        rabbit.prepare()
        amqp_url = rabbit.url
        programs += rabbit.programs()
    return programs, {"database_url": database_url, "amqp_url": amqp_url}


def _python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _aws(ports: Ports, folder: Path) -> Program:
    arguments = ("local.aws", "--port", str(ports.aws), "--folder", str(folder / "aws"))
    return Program(
        name="aws",
        argv=_python(*arguments),
        env=aws_environment(ports),
        ready=listens(ports.aws),
        cwd=ROOT,
        quiet=True,
    )


def _openid(environment: Mapping[str, str], ports: Ports, folder: Path) -> Program:
    if not shutil.which("node"):
        raise Incomplete("Node.js 20 or newer is missing; the OpenID provider needs it")
    if not (OPENID.parent / "node_modules").exists():
        raise Incomplete("the OpenID provider is not installed: make setup")
    return Program(
        name="openid",
        argv=["node", str(OPENID / "server.mjs")],
        env=openid_environment(environment, ports=ports, folder=folder),
        ready=answers_http(f"http://127.0.0.1:{ports.openid}/.well-known/openid-configuration"),
        quiet=True,
    )


def _runpod(environment: Mapping[str, str], ports: Ports) -> Program:
    names = ("RUNPOD_API_KEY", "RUNPOD_FAULTS")
    return Program(
        name="runpod",
        argv=_python("local.sandboxes.runpod.server", "--port", str(ports.runpod)),
        env={name: environment[name] for name in names if name in environment},
        ready=listens(ports.runpod),
        cwd=ROOT,
    )


def _toss(environment: Mapping[str, str], ports: Ports, folder: Path) -> Program:
    names = ("TOSS_SECRET_KEY", "TOSS_USD_SECRET_KEY", "TOSS_FAULTS")
    flags = {
        "port": str(ports.toss),
        "folder": str(folder / "toss"),
        # Through the platform's own origin, so that the addresses of payment pages last.
        "origin": f"{environment['PUBLIC_URL']}/toss",
        "webhook": f"{environment['PUBLIC_URL']}/api/webhooks/toss/payment",
    }
    options = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return Program(
        name="toss",
        argv=_python("local.sandboxes.toss.server", *options),
        env={name: environment[name] for name in names if name in environment},
        ready=listens(ports.toss),
        cwd=ROOT,
    )


def _prepare(environment: Mapping[str, str], *, needs: tuple[str, ...]) -> Program:
    return Program(
        name="prepare",
        argv=_python("local.bridge", "invoke", "prepare_deployment"),
        env=environment,
        needs=needs,
        once=True,
        cwd=ROOT,
    )


def _api(environment: Mapping[str, str], ports: Ports) -> Program:
    flags = {
        "bind": f"127.0.0.1:{ports.edge}",
        "worker-class": "gthread",
        "workers": str(API_WORKERS),
        "threads": str(API_THREADS),
        "keep-alive": "20",
        "graceful-timeout": "3",
        "timeout": "60",
        "log-level": "warning",
        # Of a request line; CloudFront takes 8192 bytes of URL.
        "limit-request-line": "8190",
    }
    options = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return Program(
        name="api",
        argv=_python("gunicorn", *options, "--no-control-socket", "local.edge:application"),
        env=environment,
        needs=("prepare", "openid", "runpod", "toss"),
        ready=answers_http(f"http://127.0.0.1:{ports.edge}/api/health"),
        cwd=ROOT,
    )


def _vite(port: int) -> Program:
    if not (WEB / "node_modules").exists():
        raise Incomplete("the web app's packages are not installed: make setup")
    return Program(
        name="vite",
        argv=["node", "node_modules/vite/bin/vite.js"],
        env={"WEB_DEV_PORT": str(port)},
        ready=listens(port),
        cwd=WEB,
    )


def _bridges(environment: Mapping[str, str]) -> list[Program]:
    sources = {"rabbitmq": "jobs", "sqs": "artworks", "schedule": "schedule"}
    return [
        Program(
            name=name,
            argv=_python("local.bridge", source),
            env=environment,
            needs=("api",),
            cwd=ROOT,
        )
        for source, name in sources.items()
    ]


def _seeding(environment: Mapping[str, str], folder: Path) -> Program:
    flags = ("--url", environment["PUBLIC_URL"], "--data", str(folder))
    return Program(
        name="seed",
        argv=_python("local.seed", *flags),
        needs=("api",),
        once=True,
        background=True,
        cwd=ROOT,
    )


def _gpu_worker(
    environment: Mapping[str, str], endpoint: str, ports: Ports, folder: Path
) -> Program:
    return Program(
        name=endpoint,
        argv=_python(f"gpu_handlers.{endpoint}.handler"),
        env=gpu_environment(environment, endpoint=endpoint, ports=ports, folder=folder),
        # After the API, so that on two cores the page people wait for comes first; until then
        # jobs wait in RunPod's queue.
        needs=("runpod", "api"),
        ready=worker_listens(
            environment["RUNPOD_API_URL"], endpoint=endpoint, key=environment["RUNPOD_API_KEY"]
        ),
        background=True,
        start_seconds=300,
        cwd=ROOT,
        # The SDK finishes the job in hand first; a job that is cut off is run again.
        stop_seconds=8,
    )
