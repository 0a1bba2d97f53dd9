"""The envelope of every answer and the keyset page, as SPEC §4 has them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response


class EnvelopeRenderer(JSONRenderer):
    def render(self, data: Any, *args: Any, **options: Any) -> bytes:
        return super().render({"success": True, "data": data}, *args, **options)


class Page(CursorPagination):
    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = "-id"

    def get_paginated_response(self, data: Any) -> Response:
        link = self.get_next_link()
        cursor = parse_qs(urlsplit(link).query)["cursor"][0] if link else None
        return Response({"results": data, "next_cursor": cursor, "has_more": cursor is not None})
