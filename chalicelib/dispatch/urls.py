"""Signed URLs for exactly the objects that a running attempt may read and write."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chalicelib.contracts import object_keys
from chalicelib.contracts.jobs import SAMPLES_MAX, JobKind, SignedUrls, UploadForm
from chalicelib.kit import storage
from chalicelib.kit.settings import settings
from chalicelib.tables import Artist, Artwork, Generation, Job, Style

LORA_BYTES_MAX = 1_000_000_000
CHECKPOINT_BYTES_MAX = 2_000_000_000
IMAGE_BYTES_MAX = 20_000_000


def sign_urls(db: Session, *, job: Job) -> SignedUrls:
    """What this attempt reads and writes, by name, for 15 minutes."""
    read, write = (_training if job.kind == JobKind.TRAINING else _generation)(db, job)
    return SignedUrls(expires_in_seconds=storage.SIGNED_URL_SECONDS, read=read, write=write)


def _training(db: Session, job: Job) -> tuple[dict[str, str], dict[str, UploadForm]]:
    assert job.style_id is not None  # noqa: S101 - the table's CHECK says so
    private, images = settings().private_bucket, settings().image_bucket
    artworks = db.execute(
        select(Artwork.id, Artwork.object_key).where(Artwork.style_id == job.style_id)
    ).all()
    signature = db.execute(
        select(Artist.signature_key)
        .select_from(Artist)
        .join(Style, Style.artist_id == Artist.user_id)
        .where(Style.id == job.style_id)
    ).scalar_one()
    read = {str(row.id): storage.sign_get(private, row.object_key) for row in artworks}
    read["signature"] = storage.sign_get(private, signature)
    attempt: dict[str, Any] = {"style_id": job.style_id, "job_id": job.id, "attempt": job.attempt}
    checkpoint = object_keys.checkpoint(style_id=job.style_id, job_id=job.id)
    if job.attempt > 1:
        read["checkpoint"] = storage.sign_get(private, checkpoint)
    write = {
        "checkpoint": _form(private, checkpoint, "application/octet-stream", CHECKPOINT_BYTES_MAX),
        "lora": _form(
            private, object_keys.lora(**attempt), "application/octet-stream", LORA_BYTES_MAX
        ),
    }
    for number in range(SAMPLES_MAX):
        key = object_keys.sample(**attempt, number=number)
        write[f"sample-{number}"] = _form(images, key, "image/webp", IMAGE_BYTES_MAX)
    return read, write


def _generation(db: Session, job: Job) -> tuple[dict[str, str], dict[str, UploadForm]]:
    assert job.generation_id is not None  # noqa: S101 - the table's CHECK says so
    private, images = settings().private_bucket, settings().image_bucket
    row = db.execute(
        select(Style.lora_key, Artist.signature_key)
        .select_from(Generation)
        .join(Style, Style.id == Generation.style_id)
        .join(Artist, Artist.user_id == Style.artist_id)
        .where(Generation.id == job.generation_id)
    ).one()
    attempt: dict[str, Any] = {"generation_id": job.generation_id, "attempt": job.attempt}
    return {
        "lora": storage.sign_get(private, row.lora_key),
        "signature": storage.sign_get(private, row.signature_key),
    }, {
        "image": _form(
            images, object_keys.generation_image(**attempt), "image/png", IMAGE_BYTES_MAX
        ),
        "preview": _form(
            images, object_keys.generation_preview(**attempt), "image/webp", IMAGE_BYTES_MAX
        ),
        "thumbnail": _form(
            images, object_keys.generation_thumbnail(**attempt), "image/webp", IMAGE_BYTES_MAX
        ),
    }


def _form(bucket: str, key: str, content_type: str, size_bytes_max: int) -> UploadForm:
    url, fields = storage.sign_post(
        bucket, key, content_type=content_type, size_bytes_max=size_bytes_max
    )
    return UploadForm(
        url=url, fields=fields, content_type=content_type, size_bytes_max=size_bytes_max
    )
