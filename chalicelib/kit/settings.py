"""The only reader of the environment and of SSM Parameter Store."""

import os
from functools import cache

import boto3
from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """Every setting by its environment variable's name, lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str = "local"
    database_url: SecretStr
    amqp_url: SecretStr
    secret_key: SecretStr = Field(min_length=32)
    public_url: str
    cdn_url: str
    private_bucket: str
    image_bucket: str
    sessions_table: str
    limits_table: str
    s3_signing_endpoint_url: str | None = None

    oidc_issuer: str = "https://accounts.google.com"
    google_client_id: str
    google_client_secret: SecretStr
    operator_emails: str = ""

    internal_api_token: SecretStr = Field(min_length=16)
    internal_api_token_previous: SecretStr | None = None

    runpod_api_url: str = "https://api.runpod.ai/v2"
    runpod_api_key: SecretStr
    runpod_training_endpoint_id: str
    runpod_inference_endpoint_id: str
    base_model: str

    toss_api_url: str = "https://api.tosspayments.com"
    toss_secret_key: SecretStr
    toss_usd_secret_key: SecretStr | None = None

    # Off for load tests only.
    rate_limits: bool = True
    # How many proxies (CloudFront is one) stand before API Gateway.
    proxies_in_front: int = Field(default=0, ge=0)

    training_slots: int = Field(default=4, ge=1)
    generation_slots: int = Field(default=16, ge=1)
    retry_delays_seconds: str = "0,30,120"
    silence_seconds: int = Field(default=120, ge=1)
    outbox_lease_seconds: int = Field(default=60, ge=1)

    @property
    def retry_delays(self) -> list[int]:
        """Seconds before the first, second … retry of a job."""
        return [int(part) for part in self.retry_delays_seconds.split(",")]

    @property
    def is_https(self) -> bool:
        """Whether people reach the platform over TLS, which decides the cookies' flags."""
        return self.public_url.startswith("https://")

    @property
    def operators(self) -> frozenset[str]:
        """Verified e-mail addresses whose owners operate the platform, lower case."""
        return frozenset(part.strip().lower() for part in self.operator_emails.split(",") if part)


@cache
def settings() -> Settings:
    """The settings, read once; raises pydantic.ValidationError when one is missing."""
    values = {name.lower(): value for name, value in os.environ.items()}
    if path := values.get("ssm_path"):
        values |= _parameters(path)
    return Settings.model_validate(values)


def _parameters(path: str) -> dict[str, str]:
    pages = boto3.client("ssm").get_paginator("get_parameters_by_path")
    return {
        parameter["Name"].rsplit("/", 1)[-1].lower(): parameter["Value"]
        for page in pages.paginate(Path=path, WithDecryption=True)
        for parameter in page["Parameters"]
    }
