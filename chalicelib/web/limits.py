"""Rate limits (SPEC 4.13): exact sliding windows, each one item in DynamoDB, one write a request.

The item is a ring of the last N times. The write takes the oldest slot on condition that it has
left the window and that nobody took it meanwhile; so concurrent Lambdas admit exactly N.
"""

import ipaddress
import math
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import RateLimited, UpstreamUnavailable
from chalicelib.kit import metrics
from chalicelib.kit.log import LOG
from chalicelib.kit.settings import settings

TIMEOUT_SECONDS = 1
_TICKS = 100
_KNOWN_MAX = 10_000
# How often each key was admitted, as this process last saw it; DynamoDB corrects it.
_known: dict[str, int] = {}


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds; `fails_closed` refuses when DynamoDB is away."""

    name: str
    requests: int
    seconds: int
    per: str
    fails_closed: bool = False


SIGN_IN = Limit("sign-in", 5, 300, per="ip", fails_closed=True)
GENERATE = Limit("generate", 6, 60, per="user")
SIGNED_IN = Limit("signed-in", 100, 60, per="user")
ANONYMOUS = Limit("anonymous", 50, 60, per="ip")


def admit(limit: Limit, *, whom: str) -> None:
    """Count one request. Raises RateLimited, or UpstreamUnavailable if the limit fails closed."""
    if not settings().rate_limits:
        return
    try:
        _take(limit, f"{limit.name}:{whom}")
    except (ClientError, BotoCoreError) as error:
        metrics.count("RateLimiterUnavailable")
        LOG.warning("rate limiter does not answer", limit=limit.name, reason=str(error))
        if limit.fails_closed:
            raise UpstreamUnavailable from error


def client_network(*, source_ip: str, forwarded_for: str | None) -> str:
    """Whom an anonymous request is counted for: the IPv4 address, or the IPv6 /64.

    API Gateway sees the last proxy before it; those in front of that append to X-Forwarded-For.
    """
    seen = [part.strip() for part in (forwarded_for or "").split(",")][:-1]
    proxies = settings().proxies_in_front
    address = seen[-proxies] if 0 < proxies <= len(seen) else source_ip
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return source_ip
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _take(limit: Limit, key: str) -> None:
    admitted = _known.get(key, 0)
    # Each lost race means that another request was admitted, so there are at most N.
    for _ in range(limit.requests + 2):
        now = int(time.time() * _TICKS)
        slot = f"s{admitted % limit.requests}"
        item = _write(limit, key, slot=slot, admitted=admitted, now=now)
        if item is None:
            _remember(key, admitted + 1)
            return
        truly = int(item["n"]["N"]) if "n" in item else 0
        _remember(key, truly)
        if truly == admitted and slot in item:
            wait = (int(item[slot]["N"]) - now) / _TICKS + limit.seconds
            raise RateLimited(retry_after_seconds=max(1, math.ceil(wait)))
        admitted = truly
    raise RateLimited(retry_after_seconds=1)


def _write(limit: Limit, key: str, *, slot: str, admitted: int, now: int) -> dict[str, Any] | None:
    """None when admitted, else the item as it is."""
    unseen = "attribute_not_exists(n) OR " if admitted == 0 else ""
    try:
        _client().update_item(
            TableName=settings().limits_table,
            Key={"id": {"S": key}},
            UpdateExpression=f"SET {slot} = :now, n = :next, expires_at = :expires",
            ConditionExpression=f"({unseen}n = :admitted)"
            f" AND (attribute_not_exists({slot}) OR {slot} <= :gone)",
            ExpressionAttributeValues={
                ":now": {"N": str(now)},
                ":admitted": {"N": str(admitted)},
                ":next": {"N": str(admitted + 1)},
                ":gone": {"N": str(now - limit.seconds * _TICKS)},
                ":expires": {"N": str(now // _TICKS + limit.seconds + 60)},
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        item: dict[str, Any] = error.response.get("Item") or {}
        return item
    return None


def _remember(key: str, admitted: int) -> None:
    if len(_known) >= _KNOWN_MAX:
        _known.clear()
    _known[key] = admitted


@cache
def _client() -> Any:
    # Never tried again: an answer that got lost may have been counted.
    config = Config(
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        retries={"total_max_attempts": 1},
    )
    return boto3.client("dynamodb", config=config)
