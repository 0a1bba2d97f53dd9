"""Text from strangers: cleaned before it is stored."""

import re
import unicodedata
from html import unescape

import nh3

_UNESCAPES_MAX = 4
_SPACES = re.compile(r"\s+")
_ENGLISH = re.compile(r"[a-z0-9][a-z0-9 '&+.,:!?()/_-]*")


def strip_html(text: str) -> str:
    """The text without markup: tags go, script and style go with their content."""
    # Escaped markup must not come out as markup; who escapes deeper than this keeps the escapes.
    for _ in range(_UNESCAPES_MAX):
        before, text = text, unescape(nh3.clean(text, tags=set()))
        if text == before:
            return text.strip()
    return nh3.clean(text, tags=set()).strip()


def clean_line(text: str) -> str:
    """One line of free text: NFC, no markup, no control characters, inner spaces collapsed."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _visible(strip_html(text)))).strip()


def clean_paragraph(text: str) -> str:
    """Free text over several lines: as `clean_line`, but line breaks stay."""
    lines = (clean_line(line) for line in strip_html(text).splitlines())
    return "\n".join(lines).strip()


def normalise_tag(text: str) -> str:
    """A tag's one spelling (SPEC §3): NFKC, trimmed, inner spaces collapsed, lower case."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


def _visible(text: str) -> str:
    return "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text
    )


def is_english(tag: str) -> bool:
    """Whether a normalised tag is written in plain English letters, digits and punctuation."""
    return _ENGLISH.fullmatch(tag) is not None
