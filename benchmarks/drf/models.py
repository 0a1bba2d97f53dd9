"""Our tables as Django knows them; only the columns that the measured reads show."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class User(models.Model):
    id = models.UUIDField(primary_key=True)
    username = models.CharField(max_length=30)
    profile_image_key = models.CharField(max_length=255, null=True)
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "users"


class Artist(models.Model):
    user = models.OneToOneField(User, models.DO_NOTHING, primary_key=True)
    artist_name = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "artists"


class Tag(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField()
    is_flagged = models.BooleanField()

    class Meta:
        managed = False
        db_table = "tags"


class Style(models.Model):
    id = models.UUIDField(primary_key=True)
    artist = models.ForeignKey(Artist, models.DO_NOTHING)
    title = models.CharField(max_length=80)
    description = models.CharField(max_length=2000)
    generation_cost_tokens = models.IntegerField()
    generations_count = models.BigIntegerField()
    training_status = models.CharField(max_length=16)
    is_active = models.BooleanField()
    public_sample_keys = models.JSONField()
    created_at = models.DateTimeField()
    trained_at = models.DateTimeField(null=True)
    tags = models.ManyToManyField(Tag, db_table="style_tags")

    class Meta:
        managed = False
        db_table = "styles"


class Generation(models.Model):
    id = models.UUIDField(primary_key=True)
    style = models.ForeignKey(Style, models.DO_NOTHING)
    buyer = models.ForeignKey(User, models.DO_NOTHING)
    prompt_tags = ArrayField(models.CharField(max_length=60))
    description = models.CharField(max_length=500)
    aspect_ratio = models.CharField(max_length=3)
    seed = models.BigIntegerField()
    status = models.CharField(max_length=16)
    retry_count = models.IntegerField()
    progress = models.JSONField(null=True)
    is_public = models.BooleanField()
    public_nonce = models.CharField(max_length=32, null=True)
    like_count = models.BigIntegerField()
    comment_count = models.BigIntegerField()
    image_key = models.CharField(max_length=255, null=True)
    preview_key = models.CharField(max_length=255, null=True)
    thumbnail_key = models.CharField(max_length=255, null=True)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "generations"
