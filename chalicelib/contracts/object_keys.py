"""Where each kind of object lies in S3.

The private bucket holds uploads, artworks, signatures and LoRAs; the image bucket holds results,
and under `public/` the copies that the CDN serves.
"""

from uuid import UUID

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg"}


def upload(*, user_id: UUID, upload_id: UUID, purpose: str, content_type: str) -> str:
    """A presigned post's target; expires, so it is copied when it is claimed."""
    return f"uploads/{user_id}/{purpose}/{upload_id}.{EXTENSIONS[content_type]}"


def artwork(*, style_id: UUID, artwork_id: UUID, content_type: str) -> str:
    """A style's training image; its creation starts the inspection."""
    return f"artworks/{style_id}/{artwork_id}.{EXTENSIONS[content_type]}"


def artwork_thumbnail(*, style_id: UUID, artwork_id: UUID) -> str:
    """The 256×256 thumbnail of an artwork."""
    return f"thumbnails/{style_id}/{artwork_id}.webp"


def signature(*, user_id: UUID, sha256: str) -> str:
    """A signature image; addressed by content, so replacing it leaves the old one."""
    return f"signatures/{user_id}/{sha256}.png"


def lora(*, style_id: UUID, job_id: UUID, attempt: int) -> str:
    """A style's weights from one attempt of one training job."""
    return f"loras/{style_id}/{job_id}/{attempt}.safetensors"


def checkpoint(*, style_id: UUID, job_id: UUID) -> str:
    """Where a training is; of all attempts, since the next one goes on from it."""
    return f"{checkpoint_folder(style_id)}{job_id}.safetensors"


def checkpoint_folder(style_id: UUID) -> str:
    """All checkpoints of a style's trainings; of no use once one has ended."""
    return f"checkpoints/{style_id}/"


def sample(*, style_id: UUID, job_id: UUID, attempt: int, number: int) -> str:
    """A sample image rendered while training."""
    return f"samples/{style_id}/{job_id}/{attempt}/{number}.webp"


def generation_image(*, generation_id: UUID, attempt: int) -> str:
    """The signed image of a generation, by attempt, so that an orphaned run overwrites nothing."""
    return f"generations/{generation_id}/{attempt}/image.png"


def generation_preview(*, generation_id: UUID, attempt: int) -> str:
    """The WebP of a generation that pages show, 640 pixels wide at most."""
    return f"generations/{generation_id}/{attempt}/preview.webp"


def generation_thumbnail(*, generation_id: UUID, attempt: int) -> str:
    """The 256-pixel thumbnail of a generation."""
    return f"generations/{generation_id}/{attempt}/thumbnail.webp"


def public(*, subject: str, subject_id: UUID, nonce: str, name: str) -> str:
    """A copy that the CDN serves; the nonce changes with each publication."""
    return f"{public_folder(subject=subject, subject_id=subject_id)}{nonce}/{name}"


def public_generation(generation_id: UUID, *, nonce: str, private_key: str) -> str:
    """Where the copy of a published generation's file lies."""
    name = private_key.rsplit("/", 1)[-1]
    return public(subject="generations", subject_id=generation_id, nonce=nonce, name=name)


def find_public_generation(
    generation_id: UUID, *, nonce: str | None, private_key: str
) -> str | None:
    """The same of one that may not be published."""
    return nonce and public_generation(generation_id, nonce=nonce, private_key=private_key)


def public_folder(*, subject: str, subject_id: UUID) -> str:
    """All copies of one subject that the CDN ever served."""
    return f"public/{subject}/{subject_id}/"


def private_folders_of_user(user_id: UUID) -> list[str]:
    """Where a person's own files lie in the private bucket."""
    return [f"uploads/{user_id}/", f"signatures/{user_id}/"]


def private_folders_of_style(style_id: UUID) -> list[str]:
    """What a style has in the private bucket."""
    kinds = ("artworks", "thumbnails", "loras", "checkpoints")
    return [f"{kind}/{style_id}/" for kind in kinds]


def image_folders_of_style(style_id: UUID) -> list[str]:
    """What a style has in the image bucket."""
    return [f"samples/{style_id}/", public_folder(subject="styles", subject_id=style_id)]


def image_folders_of_generation(generation_id: UUID) -> list[str]:
    """What a generation has in the image bucket."""
    public = public_folder(subject="generations", subject_id=generation_id)
    return [f"generations/{generation_id}/", public]
