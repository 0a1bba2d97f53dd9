"""The whole platform starts with one command, is one origin, and can be killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from local.programs import MARK
from local.run import await_state, running_stack, start_stack
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[dict[str, Any]]:
    # Who waits for a part to come back tries to sign in more often than a person may.
    with running_stack(folder, arguments=("--no-workers", "--set", "RATE_LIMITS=off")) as state:
        yield state


def sign_in(url: str, login: str) -> requests.Session:
    """As a browser does: one form, then back to the platform."""
    browser = requests.Session()
    page = browser.get(f"{url}/api/auth/google/login?next=/", timeout=30)
    action = re.findall(r'action="([^"]+)"', page.text)[0]
    issuer = page.url.split("/sign-in/")[0]
    back = browser.post(issuer + action, {"login": login}, timeout=30)
    assert back.ok, back.text
    assert back.url == f"{url}/"
    return browser


def test_every_address_without_a_dot_is_the_web_app(stack: dict[str, Any]) -> None:
    for path in ("/", "/ko/styles/nowhere"):
        page = requests.get(f"{stack['url']}{path}", timeout=30)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert '<div id="app">' in page.text


def test_unknown_addresses_are_404_in_their_own_way(stack: dict[str, Any]) -> None:
    page = requests.get(f"{stack['url']}/nowhere.png", timeout=30)
    assert page.status_code == 404
    assert "json" not in page.headers["Content-Type"]
    answer = requests.get(f"{stack['url']}/api/nowhere", timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_a_person_signs_in(stack: dict[str, Any]) -> None:
    browser = sign_in(stack["url"], "alice")
    me = browser.get(f"{stack['url']}/api/auth/me", timeout=30)
    assert me.status_code == 200, me.text
    assert "alice@example.com" in me.text


def test_signed_urls_reach_s3_and_public_copies_reach_people(stack: dict[str, Any]) -> None:
    env = stack["env"]
    keys = {
        "region_name": env["AWS_DEFAULT_REGION"],
        "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
    }
    signer = boto3.client("s3", endpoint_url=env["S3_SIGNING_ENDPOINT_URL"], **keys)
    post = signer.generate_presigned_post(
        env["IMAGE_BUCKET"],
        "public/things/1.png",
        Fields={"Content-Type": "image/png"},
        Conditions=[{"Content-Type": "image/png"}, ["content-length-range", 1, 100]],
    )
    answer = requests.post(post["url"], post["fields"], files={"file": b"picture"}, timeout=30)
    assert answer.status_code == 204, answer.text
    name = {"Bucket": env["IMAGE_BUCKET"], "Key": "public/things/1.png"}
    assert requests.get(signer.generate_presigned_url("get_object", name), timeout=30).ok
    seen = requests.get(f"{env['CDN_URL']}/things/1.png", timeout=30)
    assert (seen.content, seen.headers["Content-Type"]) == (b"picture", "image/png")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    head = requests.head(f"{env['CDN_URL']}/things/1.png", timeout=30)
    assert head.headers["Content-Length"] == "7"
    assert requests.get(f"{env['CDN_URL']}/things/2.png", timeout=30).status_code == 404
    assert requests.put(f"{env['CDN_URL']}/things/1.png", data=b"x", timeout=30).status_code == 405


def test_too_large_a_request_is_refused_in_the_envelope(stack: dict[str, Any]) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)
    answer = requests.post(f"{stack['url']}/api/styles", data=body, timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_a_second_stack_in_the_same_folder_says_where_the_first_one_is(
    stack: dict[str, Any], folder: Path
) -> None:
    argv = [sys.executable, "-m", "local.run", "--data", str(folder), "--port", "0"]
    second = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert stack["url"] in second.stdout


def test_a_busy_port_is_said_plainly(stack: dict[str, Any], tmp_path: Path) -> None:
    port = str(stack["ports"]["edge"])
    argv = [sys.executable, "-m", "local.run", "--data", str(tmp_path), "--port", port]
    second = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"Port {port} is in use" in second.stdout


def test_a_killed_part_comes_back(stack: dict[str, Any]) -> None:
    os.kill(stack["pids"]["postgres"], signal.SIGKILL)
    browser = sign_in_when_possible(stack["url"], "bob")
    assert browser.get(f"{stack['url']}/api/auth/me", timeout=30).status_code == 200


def sign_in_when_possible(url: str, login: str) -> requests.Session:
    def tried() -> requests.Session | None:
        try:
            return sign_in(url, login)
        except (AssertionError, IndexError, requests.RequestException):
            return None

    browser = await_true(tried)
    assert browser
    return browser


def test_kill_9_leaves_no_process_and_the_next_start_works(tmp_path: Path) -> None:
    process = start_stack(tmp_path, "--no-workers")
    try:
        state = await_state(process, tmp_path)
        environ = Path(f"/proc/{state['pids']['api']}/environ").read_bytes().split(b"\0")
        [mark] = [entry for entry in environ if entry.startswith(f"{MARK}=".encode())]
    finally:
        process.kill()
        process.wait()
    await_true(lambda: not _carrying(mark))
    with running_stack(tmp_path, arguments=("--no-workers",)) as again:
        assert requests.get(f"{again['url']}/api/health", timeout=30).ok


def _carrying(mark: bytes) -> list[Path]:
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes().split(b"\0"):
                found.append(environ)
        except OSError:
            continue
    return found
