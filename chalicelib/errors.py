"""Every error code of SPEC §4.14, a class each; the message is in kit/locales by its code."""

from typing import Any, ClassVar


class ApiError(Exception):
    """An answer other than success: status, code and details of the envelope."""

    status: ClassVar[int]
    code: ClassVar[str]
    # Details as the API's description shows them.
    example: ClassVar[dict[str, Any]] = {}

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class MalformedRequest(ApiError):
    """The request can't be read at all."""

    status, code = 400, "MALFORMED_REQUEST"


class SelfFollowNotAllowed(ApiError):
    """Nobody follows themselves."""

    status, code = 400, "SELF_FOLLOW_NOT_ALLOWED"


class Unauthorized(ApiError):
    """Nobody is signed in, or the machine's bearer is wrong."""

    status, code = 401, "UNAUTHORIZED"


class InsufficientTokens(ApiError):
    """The balance is below the price."""

    status, code = 402, "INSUFFICIENT_TOKENS"
    example: ClassVar[dict[str, Any]] = {"required": 30, "available": 12}

    def __init__(self, *, required: int, available: int) -> None:
        super().__init__(required=required, available=available)


class PaymentFailed(ApiError):
    """The payment came to nothing; `reason` is the payment provider's code, or ours."""

    status, code = 402, "PAYMENT_FAILED"
    example: ClassVar[dict[str, Any]] = {"reason": "REJECT_CARD_PAYMENT"}

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)


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
    example: ClassVar[dict[str, Any]] = {"allowed": "GET, POST"}


class Conflict(ApiError):
    """The state has moved on."""

    status, code = 409, "CONFLICT"


class DuplicateFollow(ApiError):
    """The viewer follows this artist already."""

    status, code = 409, "DUPLICATE_FOLLOW"


class IdempotencyKeyReused(ApiError):
    """The same Idempotency-Key came with another request."""

    status, code = 409, "IDEMPOTENCY_KEY_REUSED"


class UsernameTaken(ApiError):
    """Somebody else has that username, in whatever case."""

    status, code = 409, "USERNAME_TAKEN"


class JobInFlight(ApiError):
    """GPU work of this person has not ended, or a payment of theirs."""

    status, code = 409, "JOB_IN_FLIGHT"


class PayloadTooLarge(ApiError):
    """The body is larger than any of ours can be."""

    status, code = 413, "PAYLOAD_TOO_LARGE"
    example: ClassVar[dict[str, Any]] = {"size_bytes_max": 1_000_000}


class UnsupportedMediaType(ApiError):
    """The body is not JSON."""

    status, code = 415, "UNSUPPORTED_MEDIA_TYPE"


class ValidationFailed(ApiError):
    """Fields are wrong; details.fields names each with its own code."""

    status, code = 422, "VALIDATION_FAILED"
    example: ClassVar[dict[str, Any]] = {
        "fields": [{"field": "limit", "code": "less_than_equal", "le": 100}]
    }

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
    example: ClassVar[dict[str, Any]] = {"filename": "tree.png", "reason": "not_an_image"}


class ImageSizeExceeded(ApiError):
    """The file is too large."""

    status, code = 422, "IMAGE_SIZE_EXCEEDED"
    example: ClassVar[dict[str, Any]] = {"filename": "tree.png", "size_bytes_max": 10_000_000}


class ImageTooSmall(ApiError):
    """The picture has too few pixels."""

    status, code = 422, "IMAGE_TOO_SMALL"
    example: ClassVar[dict[str, Any]] = {
        "filename": "tree.png",
        "width": 400,
        "height": 300,
        "side_min": 512,
    }


class NonEnglishTag(ApiError):
    """A tag or title is not English."""

    status, code = 422, "NON_ENGLISH_TAG"
    example: ClassVar[dict[str, Any]] = {"tag": "수채화"}


class TagNotAllowed(ApiError):
    """A prompt holds a flagged tag."""

    status, code = 422, "TAG_NOT_ALLOWED"
    example: ClassVar[dict[str, Any]] = {"tag": "forbidden thing"}


class ReplyDepthExceeded(ApiError):
    """A reply can't be replied to."""

    status, code = 422, "REPLY_DEPTH_EXCEEDED"


class NotAnArtist(ApiError):
    """Only artists can be followed."""

    status, code = 422, "NOT_AN_ARTIST"


class EmailNotVerified(ApiError):
    """The identity provider has not verified that address for this account."""

    status, code = 422, "EMAIL_NOT_VERIFIED"


class RateLimited(ApiError):
    """Too many requests; details tell when the next one fits."""

    status, code = 429, "RATE_LIMITED"
    example: ClassVar[dict[str, Any]] = {"retry_after_seconds": 12}

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)


class InternalError(ApiError):
    """Our fault."""

    status, code = 500, "INTERNAL_ERROR"


class UpstreamUnavailable(ApiError):
    """A service that we stand on is away; trying again helps."""

    status, code = 503, "UPSTREAM_UNAVAILABLE"
