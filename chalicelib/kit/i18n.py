"""Messages in English and Korean."""

import json
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ko")
# The language of the request being served.
CURRENT: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every message of one language, by key."""
    path = Path(__file__).parent / "locales" / f"{language}.json"
    messages: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return messages


def message(language: str, key: str, /, **values: Any) -> str:
    """The message filled with its values; raises KeyError when the catalogue lacks the key."""
    return catalogue(language)[key].format_map(values)


def has_message(key: str) -> bool:
    """Whether the catalogues know the key."""
    return key in catalogue("en")


def choose_language(accept_language: str | None) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110 §12.5.4); English else."""
    best, best_weight = "en", 0.0
    for part in (accept_language or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().split("-")[0].lower()
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best
