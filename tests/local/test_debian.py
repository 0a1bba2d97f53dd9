"""Programs are unpacked once, whoever asks for them at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.debian import unpack


def test_two_that_want_the_same_at_once_both_get_it(tmp_path: Path) -> None:
    unpacked = []

    def fetch(_: int) -> Path:
        return unpack(
            tmp_path / "hello", package="hello", wanted="hello", then=lambda _: unpacked.append(1)
        )

    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(fetch, range(2)))
    assert all((folder / "usr/bin/hello").exists() for folder in folders)
    assert len(unpacked) == 1
