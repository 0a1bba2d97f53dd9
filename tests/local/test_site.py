"""The web app as it is served: the app for every address, files as they are, one strict policy."""

import gzip
from pathlib import Path

import pytest

from local.site import serve

INDEX = b"<!doctype html>"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(INDEX)
    (folder / "assets" / "main-Ab12.js").write_bytes(b"export {}")
    (tmp_path / "secret.txt").write_text("no")
    return folder


@pytest.mark.parametrize("path", ["/", "/en", "/ko/styles/01a2", "/purchase/success"])
def test_addresses_inside_the_app_are_the_app(dist: Path, path: str) -> None:
    status, headers, body = serve(path, gzipped=False, folder=dist)
    assert (status, body) == (200, INDEX)
    assert dict(headers)["Cache-Control"] == "no-cache"


def test_hashed_files_are_kept_for_ever(dist: Path) -> None:
    status, headers, body = serve("/assets/main-Ab12.js", gzipped=True, folder=dist)
    assert (status, gzip.decompress(body)) == (200, b"export {}")
    assert "immutable" in dict(headers)["Cache-Control"]
    assert dict(headers)["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "path", ["/assets/old-9z.js", "/../secret.txt", "/assets/../../secret.txt"]
)
def test_a_file_that_is_not_there_is_not_the_app(dist: Path, path: str) -> None:
    status, headers, body = serve(path, gzipped=False, folder=dist)
    assert status == 404
    assert INDEX not in body
    assert "immutable" not in dict(headers)["Cache-Control"]


def test_the_policy_allows_nothing_inline(dist: Path) -> None:
    policy = dict(serve("/", gzipped=False, folder=dist)[1])["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
