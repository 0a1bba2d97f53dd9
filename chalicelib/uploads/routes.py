"""/api/uploads: presigned posts."""

from chalicelib.errors import ImageSizeExceeded, InvalidImageFormat
from chalicelib.uploads import service
from chalicelib.uploads.schemas import PresignedUploads, UploadRequest
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint(
    "POST",
    "/uploads",
    who=Who.USER,
    body=UploadRequest,
    errors=(ImageSizeExceeded, InvalidImageFormat),
)
def presign(_db: Session, *, viewer: Viewer, body: UploadRequest) -> PresignedUploads:
    """A presigned POST per file."""
    return service.presign_uploads(user_id=viewer.user_id, wanted=body)
