"""The measured reads as generic views; search runs our two statements, as raw SQL."""

import json
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Prefetch, QuerySet
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.drf.models import Generation, Style, Tag
from benchmarks.drf.serializers import (
    ArtistHitSerializer,
    GenerationCardSerializer,
    GenerationDetailSerializer,
    StyleCardSerializer,
    StyleDetailSerializer,
    StyleHitSerializer,
)


def visible_styles() -> QuerySet[Style]:
    return Style.objects.filter(
        training_status="completed", is_active=True, artist__user__is_active=True
    ).select_related("artist")


def public_generations() -> QuerySet[Generation]:
    return Generation.objects.filter(is_public=True).select_related("style__artist", "buyer")


class Feed(ListAPIView):
    queryset = public_generations()
    serializer_class = GenerationCardSerializer


class GenerationDetail(RetrieveAPIView):
    queryset = public_generations()
    serializer_class = GenerationDetailSerializer


class Styles(ListAPIView):
    queryset = visible_styles()
    serializer_class = StyleCardSerializer


class StyleDetail(RetrieveAPIView):
    queryset = visible_styles().prefetch_related(
        Prefetch("tags", Tag.objects.filter(is_active=True, is_flagged=False).order_by("name"))
    )
    serializer_class = StyleDetailSerializer


class Search(APIView):
    # Statement and parameters of styles and of artists.
    statements: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def get(self, request: Request) -> Response:
        styles, artists = (_rows(*statement) for statement in self.statements)
        return Response(
            {
                "styles": StyleHitSerializer(styles, many=True).data,
                "artists": ArtistHitSerializer(artists, many=True).data,
            }
        )


def _rows(statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        # Django leaves a cursor's JSON as text.
        if "public_sample_keys" in row:
            row["public_sample_keys"] = json.loads(row["public_sample_keys"])
    return rows
