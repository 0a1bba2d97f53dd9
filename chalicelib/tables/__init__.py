"""The whole schema; importing the package fills `Base.metadata`."""

from chalicelib.kit.db import Base
from chalicelib.kit.outbox import Outbox
from chalicelib.kit.turns import Turn
from chalicelib.tables.community import Comment, Follow, Like
from chalicelib.tables.generations import Generation, Licence
from chalicelib.tables.idempotency import IdempotentAnswer
from chalicelib.tables.jobs import Job
from chalicelib.tables.ledger import ArtistCredit, Entry, Transaction
from chalicelib.tables.notifications import Notification
from chalicelib.tables.people import Artist, FormerUser, User
from chalicelib.tables.proofs import Proof, ProvedSum
from chalicelib.tables.purchases import Purchase
from chalicelib.tables.styles import Artwork, ClosestCall, Style
from chalicelib.tables.tags import Tag, artwork_tags, generation_tags, style_tags

SCHEMAS = ("auth", "token", "style", "generation", "community", "tagging", "system")

__all__ = [
    "SCHEMAS",
    "Artist",
    "ArtistCredit",
    "Artwork",
    "Base",
    "ClosestCall",
    "Comment",
    "Entry",
    "Follow",
    "FormerUser",
    "Generation",
    "IdempotentAnswer",
    "Job",
    "Licence",
    "Like",
    "Notification",
    "Outbox",
    "Proof",
    "ProvedSum",
    "Purchase",
    "Style",
    "Tag",
    "Transaction",
    "Turn",
    "User",
    "artwork_tags",
    "generation_tags",
    "style_tags",
]
