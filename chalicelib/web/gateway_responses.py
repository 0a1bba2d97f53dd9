"""What API Gateway answers by itself, given our envelope and headers.

`chalice deploy` replaces the whole definition of the API, gateway responses included, and has no
option for them; so they are put into the definition that it sends.
"""

import json
from importlib import import_module
from typing import Any

from chalicelib.kit import i18n
from chalicelib.web.endpoint import BODY_BYTES_MAX
from chalicelib.web.headers import SECURITY_HEADERS

EXTENSION = "x-amazon-apigateway-gateway-responses"


def gateway_responses() -> dict[str, dict[str, Any]]:
    """Every answer of the gateway's own, by API Gateway's name for it."""
    return {
        # What it says about a path or method that it does not know.
        "MISSING_AUTHENTICATION_TOKEN": _response("NOT_FOUND", 404),
        "REQUEST_TOO_LARGE": _response("PAYLOAD_TOO_LARGE", 413, size_bytes_max=BODY_BYTES_MAX),
        "THROTTLED": _response("RATE_LIMITED", 429, retry_after_seconds=1),
        "UNSUPPORTED_MEDIA_TYPE": _response("UNSUPPORTED_MEDIA_TYPE", 415),
        "ACCESS_DENIED": _response("FORBIDDEN", 403),
        "WAF_FILTERED": _response("FORBIDDEN", 403),
        # The request may have done its work by then, so INTERNAL_ERROR's message would be untrue.
        "INTEGRATION_TIMEOUT": _response("UPSTREAM_UNAVAILABLE", 503),
        "INTEGRATION_FAILURE": _response("UPSTREAM_UNAVAILABLE", 503),
        "DEFAULT_4XX": _response("MALFORMED_REQUEST", None),
        "DEFAULT_5XX": _response("UPSTREAM_UNAVAILABLE", 503),
    }


def install() -> None:
    """Let Chalice's command line put them into the definition of the API; harmless repeated."""
    # Not in the Lambda: only the command line's Chalice has this part.
    generator = import_module("chalice.deploy.swagger").SwaggerGenerator
    generate = generator.generate_swagger
    if getattr(generate, "adds_gateway_responses", False):
        return

    def generate_swagger(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        definition: dict[str, Any] = generate(self, *args, **kwargs)
        return {**definition, EXTENSION: gateway_responses()}

    generate_swagger.adds_gateway_responses = True  # type: ignore[attr-defined]
    generator.generate_swagger = generate_swagger


def _response(code: str, status: int | None, **values: Any) -> dict[str, Any]:
    extra = {"Retry-After": f"'{values['retry_after_seconds']}'"} if status == 429 else {}
    # `$context.…` is filled in by the gateway.
    details = {"request_id": "$context.requestId"} if status and status >= 500 else values
    error = {"code": code, "message": i18n.message("en", code, **values), "details": details}
    headers = {name: f"'{value}'" for name, value in SECURITY_HEADERS.items()}
    headers |= {"X-Request-Id": "context.requestId", **extra}
    return {
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": {
            f"gatewayresponse.header.{name}": value for name, value in headers.items()
        },
        "responseTemplates": {"application/json": json.dumps({"success": False, "error": error})},
    }
