"""The same JSON as ours, to visitors: what only owners may see is null."""

import os
from datetime import datetime
from typing import Any

from django.db.models import Q
from rest_framework import serializers

from benchmarks.drf.models import Artist, Generation, Style, Tag, User

CDN_URL = os.environ["CDN_URL"]
SIZES = {"1:1": (512, 512), "2:2": (1024, 1024), "1:2": (512, 1024)}


def public_url(key: str | None) -> str | None:
    return f"{CDN_URL}/{key.removeprefix('public/')}" if key else None


class MomentField(serializers.ReadOnlyField):
    def to_representation(self, value: datetime) -> str:
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class NullField(serializers.ReadOnlyField):
    """What visitors never see."""

    def get_attribute(self, instance: Any) -> None:
        return None


class PublicUrlField(serializers.ReadOnlyField):
    def to_representation(self, value: str) -> str | None:
        return public_url(value)


class FalseField(serializers.ReadOnlyField):
    """What is never true for visitors."""

    def get_attribute(self, instance: Any) -> bool:
        return False


class ArtistRefSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="user_id")

    class Meta:
        model = Artist
        fields = ("id", "artist_name")


class StyleCardSerializer(serializers.ModelSerializer):
    artist = ArtistRefSerializer()
    thumbnail_url = serializers.SerializerMethodField()
    created_at = MomentField()

    class Meta:
        model = Style
        fields = (
            *("id", "title", "artist", "generation_cost_tokens", "generations_count"),
            *("thumbnail_url", "training_status", "created_at"),
        )

    def get_thumbnail_url(self, style: Style) -> str | None:
        keys = style.public_sample_keys
        return public_url(keys[-1]) if keys else None


class StyleDetailSerializer(StyleCardSerializer):
    tags = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    sample_urls = serializers.SerializerMethodField()
    progress = NullField()
    failure = NullField()
    is_own = FalseField()
    artworks = NullField()
    trained_at = MomentField()

    class Meta:
        model = Style
        fields = (
            *StyleCardSerializer.Meta.fields,
            *("description", "tags", "sample_urls", "is_active", "progress", "failure", "is_own"),
            *("artworks", "trained_at"),
        )

    def get_sample_urls(self, style: Style) -> list[str | None]:
        return [public_url(key) for key in style.public_sample_keys]


class StyleRefSerializer(serializers.ModelSerializer):
    artist = ArtistRefSerializer()

    class Meta:
        model = Style
        fields = ("id", "title", "artist")


class BuyerRefSerializer(serializers.ModelSerializer):
    profile_image_url = PublicUrlField(source="profile_image_key")

    class Meta:
        model = User
        fields = ("id", "username", "profile_image_url")


class GenerationCardSerializer(serializers.ModelSerializer):
    style = StyleRefSerializer()
    buyer = BuyerRefSerializer()
    width = serializers.SerializerMethodField()
    height = serializers.SerializerMethodField()
    is_liked = FalseField()
    image_url = serializers.SerializerMethodField()
    preview_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    created_at = MomentField()
    completed_at = MomentField()

    class Meta:
        model = Generation
        fields = (
            *("id", "style", "buyer", "description", "aspect_ratio", "width", "height", "status"),
            *("is_public", "like_count", "comment_count", "is_liked", "image_url"),
            *("preview_url", "thumbnail_url", "created_at", "completed_at"),
        )

    def get_width(self, made: Generation) -> int:
        return SIZES[made.aspect_ratio][0]

    def get_height(self, made: Generation) -> int:
        return SIZES[made.aspect_ratio][1]

    def get_image_url(self, made: Generation) -> str | None:
        return self._url(made, made.image_key)

    def get_preview_url(self, made: Generation) -> str | None:
        return self._url(made, made.preview_key)

    def get_thumbnail_url(self, made: Generation) -> str | None:
        return self._url(made, made.thumbnail_key)

    def _url(self, made: Generation, key: str | None) -> str | None:
        name = key.rsplit("/", 1)[-1] if key else ""
        return f"{CDN_URL}/generations/{made.id}/{made.public_nonce}/{name}" if key else None


class GenerationDetailSerializer(GenerationCardSerializer):
    prompt_tags = serializers.SerializerMethodField()
    is_own = FalseField()
    price_tokens = NullField()
    place_in_line = NullField()
    failure = NullField()
    download_url = NullField()

    class Meta:
        model = Generation
        fields = (
            *GenerationCardSerializer.Meta.fields,
            *("prompt_tags", "seed", "is_own", "price_tokens", "retry_count", "progress"),
            *("place_in_line", "failure", "download_url"),
        )

    def get_prompt_tags(self, made: Generation) -> list[str]:
        hidden = Tag.objects.filter(Q(is_flagged=True) | Q(is_active=False))
        names = set(hidden.filter(name__in=made.prompt_tags).values_list("name", flat=True))
        return [name for name in made.prompt_tags if name not in names]


class HitArtistSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="artist_id")
    artist_name = serializers.CharField()


class StyleHitSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(source="title")
    thumbnail_url = serializers.SerializerMethodField()
    artist = HitArtistSerializer(source="*")
    matched_by = serializers.CharField()

    def get_thumbnail_url(self, hit: dict[str, Any]) -> str | None:
        keys = hit["public_sample_keys"]
        return public_url(keys[-1]) if keys else None


class ArtistHitSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    username = serializers.CharField()
    artist_name = serializers.CharField()
    follower_count = serializers.IntegerField()
    profile_image_url = PublicUrlField(source="profile_image_key")
    matched_by = serializers.CharField()
