"""Every error code of SPEC §4.14, a class each; the message is in kit/locales by its code."""

from typing import Any, ClassVar


class ApiError(Exception):
    """An answer other than success: status, code and details of the envelope."""

    status: ClassVar[int]
    code: ClassVar[str]

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class MalformedRequest(ApiError):
    """The request can't be read at all."""

    status, code = 400, "MALFORMED_REQUEST"


class Unauthorized(ApiError):
    """Nobody is signed in, or the machine's bearer is wrong."""

    status, code = 401, "UNAUTHORIZED"


class InsufficientTokens(ApiError):
    """The balance is below the price."""

    status, code = 402, "INSUFFICIENT_TOKENS"

    def __init__(self, *, required: int, available: int) -> None:
        super().__init__(required=required, available=available)


class Forbidden(ApiError):
    """The viewer may know of it but not do this."""

    status, code = 403, "FORBIDDEN"


class ArtistOnly(ApiError):
    """Only artists may."""

    status, code = 403, "ARTIST_ONLY"


class CsrfFailed(ApiError):
    """A browser's change without the token or from another origin."""

    status, code = 403, "CSRF_FAILED"


class StyleLimitReached(ApiError):
    """The artist has a style already."""

    status, code = 403, "STYLE_LIMIT_REACHED"


class NotFound(ApiError):
    """It is not there, or not for this viewer."""

    status, code = 404, "NOT_FOUND"


class MethodNotAllowed(ApiError):
    """The path exists, the method does not."""

    status, code = 405, "METHOD_NOT_ALLOWED"


class Conflict(ApiError):
    """The state has moved on."""

    status, code = 409, "CONFLICT"


class PayloadTooLarge(ApiError):
    """The body is larger than any of ours can be."""

    status, code = 413, "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(ApiError):
    """The body is not JSON."""

    status, code = 415, "UNSUPPORTED_MEDIA_TYPE"


class ValidationFailed(ApiError):
    """Fields are wrong; details.fields names each with its own code."""

    status, code = 422, "VALIDATION_FAILED"

    def __init__(self, *fields: dict[str, Any]) -> None:
        super().__init__(fields=list(fields))

    @classmethod
    def of(cls, field: str, code: str, **values: Any) -> "ValidationFailed":
        """One wrong field; `code` is a `validation.*` key of the locales."""
        return cls({"field": field, "code": code, **values})


class StyleNotReady(ApiError):
    """The style can't make images now."""

    status, code = 422, "STYLE_NOT_READY"


class InvalidImageFormat(ApiError):
    """The bytes are not the picture they are said to be."""

    status, code = 422, "INVALID_IMAGE_FORMAT"


class ImageSizeExceeded(ApiError):
    """The file is too large."""

    status, code = 422, "IMAGE_SIZE_EXCEEDED"


class ImageTooSmall(ApiError):
    """The picture has too few pixels."""

    status, code = 422, "IMAGE_TOO_SMALL"


class NonEnglishTag(ApiError):
    """A tag or title is not English."""

    status, code = 422, "NON_ENGLISH_TAG"


class TagNotAllowed(ApiError):
    """A prompt holds a flagged tag."""

    status, code = 422, "TAG_NOT_ALLOWED"


class EmailNotVerified(ApiError):
    """The identity provider has not verified that address for this account."""

    status, code = 422, "EMAIL_NOT_VERIFIED"


class InternalError(ApiError):
    """Our fault."""

    status, code = 500, "INTERNAL_ERROR"


class UpstreamUnavailable(ApiError):
    """A service that we stand on is away; trying again helps."""

    status, code = 503, "UPSTREAM_UNAVAILABLE"
