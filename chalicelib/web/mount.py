"""Gives every room's endpoints to Chalice, and a 405 to every method that a path lacks."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from chalice.app import Chalice, Request, Response

from chalicelib.errors import ApiError, InternalError, MethodNotAllowed
from chalicelib.kit import i18n
from chalicelib.kit.log import LOG
from chalicelib.web import replies
from chalicelib.web.docs import docs_routes
from chalicelib.web.endpoint import Endpoint, Routes, answer
from chalicelib.web.viewer import Who

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def mount(app: Chalice, rooms: Iterable[Routes]) -> None:
    """Register every endpoint of the rooms; API Gateway itself never answers 405."""
    paths: dict[str, dict[str, list[Endpoint]]] = defaultdict(lambda: defaultdict(list))
    declared = [endpoint for room in rooms for endpoint in room.endpoints]
    for endpoint in [*declared, *docs_routes(declared).endpoints]:
        paths[endpoint.path][endpoint.method].append(endpoint)
    for path, methods in paths.items():
        for method, endpoints in methods.items():
            _register(app, path, [method], _serving(app, endpoints))
        missing = [method for method in METHODS if method not in methods]
        allowed = ", ".join(sorted(methods))
        _register(app, path, missing, _refusing(app, allowed))
    app.register_middleware(_envelope_everything, "http")


def _register(app: Chalice, path: str, methods: list[str], view: Callable[..., Response]) -> None:
    # */*: our own edge judges the content type, so that its answer is an envelope.
    app.route(path, methods=methods, content_types=["*/*"], name="api")(view)


def _serving(app: Chalice, endpoints: list[Endpoint]) -> Callable[..., Response]:
    """People and machines may share a method of a path: a bearer tells them apart."""
    for_machines = next((one for one in endpoints if one.who is Who.MACHINE), None)
    for_people = next((one for one in endpoints if one.who is not Who.MACHINE), for_machines)

    def view(**_: str) -> Response:
        request = _current(app)
        chosen = for_machines if "authorization" in request.headers else for_people
        return answer(chosen or endpoints[0], request)

    return view


def _refusing(app: Chalice, allowed: str) -> Callable[..., Response]:
    def view(**_: str) -> Response:
        response = _refuse(_current(app), MethodNotAllowed(allowed=allowed))
        response.headers["Allow"] = allowed
        return response

    return view


def _current(app: Chalice) -> Request:
    assert app.current_request is not None  # noqa: S101 - Chalice sets it before any view
    return app.current_request


def _refuse(request: Request, error: ApiError) -> Response:
    return replies.failure(
        error,
        language=i18n.choose_language(request.headers.get("accept-language")),
        request_id=request.context.get("requestId", "-"),
    )


def _envelope_everything(event: Request, get_response: Callable[[Request], Response]) -> Response:
    try:
        response = get_response(event)
    except Exception:
        LOG.exception("outside every view")
        return _refuse(event, InternalError())
    if isinstance(response.body, dict) and "Code" in response.body:
        LOG.error("answered by Chalice itself", chalice_code=response.body["Code"])
        return _refuse(event, InternalError())
    return response
