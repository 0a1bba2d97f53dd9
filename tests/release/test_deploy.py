"""`chalice deploy` against an AWS on this machine: its whole graph, twice."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local import package
from local.ports import free_port, is_free
from tests.release.test_functions import API, CONFIG, TRIGGERS

PREFIX = "style-license-dev"


@pytest.fixture
def aws(tmp_path, monkeypatch) -> Iterator[str]:
    endpoint = f"http://127.0.0.1:{(port := free_port())}"
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-northeast-2",
    }.items():
        monkeypatch.setenv(name, value)
    server = Path(__file__).with_name("patched_moto.py")
    with (tmp_path / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, server, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )
        try:
            _wait_for(port)
            yield endpoint
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while is_free(port):
        assert time.monotonic() < deadline, "moto did not start"
        time.sleep(0.1)


def test_the_whole_graph_is_deployed_and_deployed_again(aws, tmp_path, monkeypatch):
    if not package.find_python():
        pytest.skip(f"deploying needs one of Python {', '.join(package.PREFERRED)}")
    monkeypatch.setattr(package, "DEPLOYED", tmp_path / "deployed")
    queue = CONFIG["stages"]["dev"]["environment_variables"]["ARTWORK_QUEUE"]
    boto3.client("sqs", endpoint_url=aws).create_queue(QueueName=queue)

    package.deploy("dev")
    first = json.loads((tmp_path / "deployed" / "dev.json").read_text())
    package.deploy("dev")
    second = json.loads((tmp_path / "deployed" / "dev.json").read_text())

    functions = boto3.client("lambda", endpoint_url=aws)
    made = {one["FunctionName"]: one for one in functions.list_functions()["Functions"]}
    assert set(made) == {PREFIX, *(f"{PREFIX}-{name}" for name in TRIGGERS)}
    for name in (API, *TRIGGERS):
        wanted = CONFIG["stages"]["dev"]["lambda_functions"][name]
        function = made[PREFIX if name == API else f"{PREFIX}-{name}"]
        assert function["MemorySize"] == wanted["lambda_memory_size"]
        assert function["Timeout"] == wanted["lambda_timeout"]
        assert function["Layers"]
        assert function["Handler"] == ("app.app" if name == API else f"app.{name}")
    assert functions.list_event_source_mappings()["EventSourceMappings"]

    def address(deployed: dict) -> str:
        return next(one for one in deployed["resources"] if one["name"] == "rest_api")[
            "rest_api_url"
        ]

    assert address(first) == address(second)
