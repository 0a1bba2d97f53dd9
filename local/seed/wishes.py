"""The images of a seeded platform, in the order in which they are asked for."""

from itertools import chain

from local.seed.first_wishes import CORAL, GOLD, NEON
from local.seed.later_wishes import DOTS, KEPT, MOSS

# Style by style in turn, so that the newest images are not all in one hand.
_TURNS = chain.from_iterable(zip(CORAL, GOLD, NEON, DOTS, MOSS, strict=True))
WISHES = (*_TURNS, *KEPT)
