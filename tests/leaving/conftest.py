"""Empty buckets."""

import pytest

from chalicelib.kit import storage
from tests.leaving.belongings import objects


@pytest.fixture(autouse=True)
def empty_buckets(stores: None) -> None:
    for key in objects():
        for bucket in ("private", "images"):
            storage.delete(bucket, key)
