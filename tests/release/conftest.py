import zipfile
from pathlib import Path

import pytest

from local import package


@pytest.fixture(scope="session")
def archives(tmp_path_factory) -> Path:
    """The folder of what would be deployed, built now."""
    if not package.find_python():
        pytest.skip(f"packaging needs one of Python {', '.join(package.PREFERRED)}")
    out = tmp_path_factory.mktemp("archives")
    package.build("dev", out)
    return out


@pytest.fixture(scope="session")
def names(archives) -> list[str]:
    """Every file in both archives."""
    return [
        entry for name in package.ARCHIVES for entry in zipfile.ZipFile(archives / name).namelist()
    ]


@pytest.fixture(scope="session")
def unpacked(archives, tmp_path_factory) -> Path:
    """Both archives as Lambda lays them out: code under task/, the layer under opt/."""
    root = tmp_path_factory.mktemp("lambda")
    for archive, place in zip(package.ARCHIVES, ("task", "opt"), strict=True):
        with zipfile.ZipFile(archives / archive) as opened:
            opened.extractall(root / place)
    return root
