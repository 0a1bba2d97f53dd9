from collections.abc import Iterator

import pytest
from joserfc.jwk import RSAKey

from chalicelib.accounts import google
from chalicelib.kit.settings import settings
from tests.accounts.provider import Provider


@pytest.fixture(scope="session")
def keys() -> list[RSAKey]:
    return [RSAKey.generate_key(2048, {"kid": name}) for name in ("first", "second")]


@pytest.fixture
def provider(
    db_clean: None, keys: list[RSAKey], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    """A provider that the API takes for Google."""
    with Provider(keys[0]) as running:
        monkeypatch.setenv("OIDC_ISSUER", running.issuer)
        monkeypatch.setattr(google, "_KEYS", google._Keys())
        settings.cache_clear()
        google._metadata.cache_clear()
        yield running
    settings.cache_clear()
    google._metadata.cache_clear()
