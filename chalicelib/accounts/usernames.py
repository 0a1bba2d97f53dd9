"""What a username may be: letters that people can see, type and tell apart."""

import re
import unicodedata

LENGTH_MIN, LENGTH_MAX = 3, 30
_WISH_LENGTH_MAX = 23
_BETWEEN = "._-"
# Unicode calls these letters or marks, and shows nothing.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Vowel signs and tones belong to letters (Hindi, Thai); towers of them do not.
_SHAPE = re.compile(r"lm{0,3}(?:-*lm{0,3})*")

_LOOK_ALIKE = str.maketrans(
    "01345lаеіӏорсухкмнтвѕԁοαιρτνυκεη",
    "oieasiaeiiopcyxkmntbsdoaiptvuken",
)
_OURS = ("admin", "administrator", "operator", "support", "me")
_BRANDS = ("style-license", "style-licence")


def clean(text: str) -> str:
    """The one spelling of a username but for case: NFKC, so width is no difference, trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def is_well_formed(name: str) -> bool:
    """Letters and digits of any script, dots, hyphens and underscores in between."""
    shape = "".join(map(_kind, name))
    return LENGTH_MIN <= len(name) <= LENGTH_MAX and _SHAPE.fullmatch(shape) is not None


def looks_like_ours(name: str) -> bool:
    """Whether people would take it for the platform speaking."""
    seen = _skeleton(name)
    return seen in map(_skeleton, _OURS) or any(_skeleton(brand) in seen for brand in _BRANDS)


def suggest(person: str) -> str:
    """A username made of a person's name, short enough for a suffix; `user` if nothing will do."""
    letters = clean(clean(person).lower())
    kept = "".join("-" if _kind(letter) == " " else letter for letter in letters)
    wish = re.sub("-{2,}", "-", kept).strip(_BETWEEN)[:_WISH_LENGTH_MAX].rstrip(_BETWEEN)
    return wish if is_well_formed(wish) and not looks_like_ours(wish) else "user"


def _kind(letter: str) -> str:
    if letter in _BETWEEN:
        return "-"
    category = unicodedata.category(letter)
    if _UNSEEN.match(letter):
        return " "
    if category.startswith("L") or category == "Nd":
        return "l"
    return "m" if category in {"Mn", "Mc"} else " "


def _skeleton(name: str) -> str:
    """What the eye reads: no accents, no case, no punctuation, letters of other scripts as ours."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(letter for letter in plain if letter.isalnum())
    return letters.translate(_LOOK_ALIKE).replace("rn", "m")
