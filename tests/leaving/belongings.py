"""What somebody may have when they leave, and what must hold after it."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text, update

from chalicelib.contracts.callbacks import GenerationResult
from chalicelib.generations import service as generations
from chalicelib.jobs import service as jobs
from chalicelib.kit import clock, storage
from chalicelib.kit.db import transaction
from chalicelib.ledger.proof import prove_ledger
from chalicelib.tables import Artwork, Job, Licence, Style, Transaction
from chalicelib.tags import service as tags
from tests.community.images import miscounted
from tests.factories.styles import make_style
from tests.people import Person

RESULT = GenerationResult(
    image_sha256="1" * 64,
    pixel_sha256="2" * 64,
    size_bytes=4,
    width=512,
    height=512,
    seed=1,
    steps=20,
    base_model="tiny",
    base_revision="r1",
    signature_rule="sl-sig/1",
    duration_seconds=1.5,
)
# Everything that names somebody, or something of theirs, without a foreign key.
_ORPHANS = text("""
SELECT 'notification of nothing', id::text FROM system.notifications n
 WHERE target_type = 'generation'
   AND NOT EXISTS (SELECT FROM generation.generations g WHERE g.id = n.target_id)
    OR target_type = 'style' AND NOT EXISTS (SELECT FROM style.styles s WHERE s.id = n.target_id)
    OR target_type = 'user' AND NOT EXISTS (SELECT FROM auth.users u WHERE u.id = n.target_id)
UNION ALL
SELECT 'job of nobody', id::text FROM system.jobs j
 WHERE NOT EXISTS (SELECT FROM auth.users u WHERE u.id = j.owner_id)
UNION ALL
SELECT 'miscounted tag', name FROM tagging.tags t
 WHERE usage_count <> (SELECT count(*) FROM tagging.style_tags WHERE tag_id = t.id)
                    + (SELECT count(*) FROM tagging.generation_tags WHERE tag_id = t.id)
""")


def request(person: Person, style_id: UUID, *names: str) -> Any:
    body = {"style_id": str(style_id), "prompt_tags": names or ["sea"], "aspect_ratio": "1:1"}
    return person.post("/api/generations", body)


def make_image(buyer: Person, style_id: UUID, *names: str, is_public: bool = False) -> UUID:
    """Asked for, made, paid, and published if wanted, with its files where they lie."""
    image_id = UUID(request(buyer, style_id, *names).data["id"])
    finish(image_id)
    put_object(f"generations/{image_id}/1/image.png", f"generations/{image_id}/1/thumbnail.webp")
    if is_public:
        assert buyer.patch(f"/api/generations/{image_id}", {"is_public": True}).status == 200
    return image_id


def finish(image_id: UUID) -> None:
    """The worker's answer has come."""
    with transaction() as db:
        job = db.execute(select(Job).where(Job.generation_id == image_id)).scalar_one()
        generations.complete_generation(db, job=job, result=RESULT)
        jobs.end(db, job=job, state="done")


def make_full_style(artist: Person, **columns: Any) -> UUID:
    """Trained, with an artwork, tags, weights and samples."""
    style_id, artwork_id = make_style(artist, **columns), uuid4()
    public = f"public/styles/{style_id}/n/0.png"
    with transaction() as db:
        db.execute(
            insert(Artwork).values(
                id=artwork_id,
                style_id=style_id,
                position=0,
                filename="0.png",
                object_key=f"artworks/{style_id}/0.png",
                content_type="image/png",
                size_bytes=4,
                width=512,
                height=512,
                is_valid=True,
            )
        )
        tags.tag_style(db, style_id=style_id, artworks={artwork_id: ["sea", "water dreams"]})
        db.execute(update(Style).where(Style.id == style_id).values(public_sample_keys=[public]))
    put_object(
        f"artworks/{style_id}/0.png",
        f"thumbnails/{style_id}/0.webp",
        f"loras/{style_id}/j/1.safetensors",
        bucket="private",
    )
    put_object(f"samples/{style_id}/j/1/0.png", public)
    return style_id


def put_own_files(person: Person) -> None:
    put_object(f"uploads/{person.id}/artwork/0.png", bucket="private")
    put_object(f"signatures/{person.id}/0.png", bucket="private")
    put_object(f"public/users/{person.id}/n/picture.webp")


def put_object(*keys: str, bucket: str = "images") -> None:
    for key in keys:
        storage.write(bucket, key, b"file", content_type="image/png")


def objects() -> set[str]:
    """Keys of both buckets."""
    return {
        found["Key"]
        for bucket in ("private", "images")
        for found in storage._client().list_objects_v2(Bucket=bucket).get("Contents", [])
    }


def license_image(image_id: UUID, *, buyer: Person, style_id: UUID, artist: Person) -> None:
    with transaction() as db:
        paid = db.execute(
            select(Transaction.id).where(Transaction.related_generation_id == image_id)
        ).scalar_one()
        db.execute(
            insert(Licence).values(
                generation_id=image_id,
                buyer_id=buyer.id,
                artist_id=artist.id,
                style_id=style_id,
                transaction_id=paid,
                terms_version="1",
                record={},
                certificate="signed",
                image_sha256="1" * 64,
                pixel_sha256="2" * 64,
                perceptual_hashes=[1, 2],
                issued_at=clock.now(),
            )
        )


def faults() -> list[Any]:
    """Whatever does not hold: the ledger's proof, counters, references."""
    with transaction() as db:
        wrong = [item for item in prove_ledger(db).items() if item[1]]
        return [*wrong, *miscounted(), *(tuple(row) for row in db.execute(_ORPHANS))]


def rows(table: str, where: str = "true", **values: Any) -> int:
    with transaction() as db:
        count: int = db.execute(
            text(f"SELECT count(*) FROM {table} WHERE {where}"),  # noqa: S608 - the tests' own words
            values,
        ).scalar_one()
    return count
