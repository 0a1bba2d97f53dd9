"""The app behind its gateway on a private PostgreSQL, and the machine that it runs on."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.dataset import Size, fill
from local.gateway import Gateway
from local.postgres import Postgres
from local.settings import Ports, app_environment, kept_secrets
from local.stack import ROOT

# As the app connects (chalicelib/kit/db.py), so that all contenders get the same plans.
CONNECTION_OPTIONS = "-c random_page_cost=1.1"
HEADERS = {
    "Host": "localhost:8000",
    "Accept": "application/json",
    "Accept-Language": "en-GB,en;q=0.9,ko;q=0.8",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A folder for this run's stores, beside the platform's own."""
    parent = ROOT / ".local"
    parent.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="benchmark-", dir=parent) as name:
        yield Path(name)


@contextmanager
def postgres(folder: Path, *, durable: bool = False) -> Iterator[Postgres]:
    """A server of this run's own, and the environment of an app that uses it."""
    with Postgres(folder / "postgres", durable=durable) as server:
        os.environ.update(
            app_environment(
                ports=Ports.choose(0),
                keys=kept_secrets(folder),
                database_url=server.url(),
                # Reads send nothing.
                amqp_url="amqp://nobody:nothing@127.0.0.1:9/%2F",
                overrides={"RATE_LIMITS": "off"},
            )
        )
        yield server


def make_database(server: Postgres, name: str, size: Size) -> str:
    """A migrated, filled database on the server; answers its URL."""
    from chalicelib.migrations.upgrade import upgrade_database  # noqa: PLC0415 - after the environment

    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = server.url(name)
    upgrade_database(url)
    seconds = fill(url, size)
    print(f"{name}: {size.generations:,} images, {size.users:,} people, made in {seconds:.0f} s")
    return url


def open_gateway(url: str) -> Gateway:
    """The real app on this database."""
    os.environ["DATABASE_URL"] = url
    import app as application  # noqa: PLC0415 - reads the environment
    from chalicelib.kit.log import LOG  # noqa: PLC0415

    # As locally; made before the environment was.
    LOG.setLevel("WARNING")
    return Gateway(application.app)


def get(gateway: Gateway, path: str, *, cookie: str = "") -> bytes:
    """The body of a successful GET, as a browser asks."""
    headers = {**HEADERS, "Cookie": cookie} if cookie else HEADERS
    address, _, query = path.partition("?")
    status, _, body = gateway.handle("GET", address, headers, query=query)
    if status != 200:
        raise RuntimeError(f"GET {path} answered {status} {body[:300]!r}")
    return body


def hardware(url: str) -> str:
    """One line that says what was measured on."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row
    return (
        f"{len(os.sched_getaffinity(0))} cores, {_processor()}, PostgreSQL {row[0]},"
        f" Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
