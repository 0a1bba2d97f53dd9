"""A worker's input, built when its attempt is admitted."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chalicelib.contracts.jobs import GenerationJob, JobKind, Rights, TrainingArtwork, TrainingJob
from chalicelib.kit import clock
from chalicelib.kit.settings import settings
from chalicelib.kit.text import normalise_tag
from chalicelib.styles import queries as styles
from chalicelib.tables import Artist, Generation, Job, Style

GENERATION_SECONDS = 300
SAMPLE_PROMPTS = 2


def training_deadline_seconds(artworks: int) -> int:
    """25 minutes for 10 artworks, up to 105 for 100 (SPEC §3: under 30 min, and 30 min–2 h)."""
    return 1500 + max(0, artworks - 10) * 53


def build_input(db: Session, *, job: Job) -> tuple[dict[str, Any], int]:
    """The input of this attempt, and the seconds it may take."""
    if JobKind(job.kind) is JobKind.TRAINING:
        training = _training(db, job)
        return training.model_dump(mode="json"), training.deadline_seconds + 600
    return _generation(db, job).model_dump(mode="json"), GENERATION_SECONDS


def _training(db: Session, job: Job) -> TrainingJob:
    style, artist_name = _style(db, job.style_id)
    rows = styles.artworks_of(db, style_ids=[style.id])[style.id]
    # A tag that every artwork has would take the style upon itself, and no prompt names it.
    title = normalise_tag(style.title)
    artworks = [
        TrainingArtwork(
            artwork_id=row.Artwork.id,
            tags=[tag for tag in row.tags if tag != title] or [title],
        )
        for row in rows
    ]
    return TrainingJob(
        **_ticket(job),
        style_id=style.id,
        base_model=settings().base_model,
        trigger=style.trigger,
        artworks=artworks,
        sample_prompts=[
            ", ".join(artwork.tags) for artwork in artworks[:: max(1, len(artworks) // 2)]
        ][:SAMPLE_PROMPTS],
        seed=style.id.int % 2**32,
        deadline_seconds=training_deadline_seconds(len(artworks)),
        rights=_rights(style, artist_name, settings().base_model, None),
    )


def _generation(db: Session, job: Job) -> GenerationJob:
    made = db.execute(select(Generation).where(Generation.id == job.generation_id)).scalar_one()
    style, artist_name = _style(db, made.style_id)
    base_model = style.base_model or settings().base_model
    return GenerationJob(
        **_ticket(job),
        generation_id=made.id,
        base_model=base_model,
        trigger=style.trigger,
        prompt_tags=made.prompt_tags,
        aspect_ratio=made.aspect_ratio,
        seed=made.seed,
        lora_sha256=style.lora_sha256,
        rights=_rights(style, artist_name, base_model, made.id),
    )


def _style(db: Session, style_id: UUID | None) -> tuple[Style, str]:
    row = db.execute(
        select(Style, Artist.artist_name)
        .join(Artist, Artist.user_id == Style.artist_id)
        .where(Style.id == style_id)
    ).one()
    return row.Style, row.artist_name


def _ticket(job: Job) -> dict[str, Any]:
    return {"job_id": job.id, "attempt": job.attempt, "attempt_key": job.attempt_key}


def _rights(style: Style, artist_name: str, base_model: str, generation_id: UUID | None) -> Rights:
    licence = f"licenses/{generation_id}" if generation_id else f"styles/{style.id}"
    return Rights(
        artist_id=style.artist_id,
        artist_name=artist_name,
        style_id=style.id,
        style_title=style.title,
        licence_url=f"{settings().public_url}/{licence}",
        generation_id=generation_id,
        created_at=clock.iso(clock.now()),
        base_model=base_model,
    )
