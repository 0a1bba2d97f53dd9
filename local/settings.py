"""The environment of each part of the local stack."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.ports import free_port
from local.sandboxes.runpod.worker import worker_environment

ENDPOINTS = ("training", "inference")
# What a person may set in their shell for the local stack; everything else is ours.
TUNABLE = (
    *("BASE_MODEL", "OPERATOR_EMAILS", "SWEEP_SECONDS", "RETRY_DELAYS_SECONDS", "SILENCE_SECONDS"),
    *("OUTBOX_LEASE_SECONDS", "TRAINING_SLOTS", "GENERATION_SLOTS", "POWERTOOLS_LOG_LEVEL"),
    *("RATE_LIMITS", "RUNPOD_FAULTS", "OMP_NUM_THREADS", "TRAINING_STEPS", "GENERATION_STEPS"),
    "TOSS_FAULTS",
)


# How each begins; Toss's keys tell by that what they are for.
SECRETS = {
    "SECRET_KEY": "",
    "INTERNAL_API_TOKEN": "",
    "GOOGLE_CLIENT_SECRET": "",
    "RUNPOD_API_KEY": "",
    "TOSS_SECRET_KEY": "test_sk_",
    "TOSS_USD_SECRET_KEY": "test_sk_",
}
GPU_TUNABLE = (
    *("BASE_MODEL", "TRAINING_STEPS", "GENERATION_STEPS"),
    *("GENERATION_BATCH", "CHECKPOINT_SECONDS"),
)


@dataclass(frozen=True)
class Ports:
    """Where the parts listen on loopback."""

    edge: int
    aws: int
    openid: int
    runpod: int
    toss: int

    @classmethod
    def choose(cls, edge: int) -> "Ports":
        """Free ones; `edge` 0 for any."""
        return cls(edge or free_port(), free_port(), free_port(), free_port(), free_port())


def kept_secrets(folder: Path) -> dict[str, str]:
    """Random once, then the same at each start, so that sessions and signed cookies stay good."""
    path = folder / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: start for name, start in SECRETS.items() if name not in kept}
    if missing:
        # A folder that an earlier version made lacks what came later.
        kept |= {name: start + secrets.token_urlsafe(32) for name, start in missing.items()}
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(kept))
        fresh.replace(path)
    return kept


def app_environment(
    *,
    ports: Ports,
    keys: Mapping[str, str],
    database_url: str,
    amqp_url: str,
    overrides: Mapping[str, str],
) -> dict[str, str]:
    """What the app's Lambdas read; `overrides` win, then the person's shell (tunables only)."""
    origin = f"http://localhost:{ports.edge}"
    return {
        "STAGE": "local",
        "DATABASE_URL": database_url,
        "AMQP_URL": amqp_url,
        **aws_environment(ports),
        "PUBLIC_URL": origin,
        "CDN_URL": f"{origin}/media",
        "S3_SIGNING_ENDPOINT_URL": f"{origin}/s3",
        "OIDC_ISSUER": f"http://127.0.0.1:{ports.openid}",
        "GOOGLE_CLIENT_ID": "style-license-local",
        "OPERATOR_EMAILS": "oscar@example.com",
        "RUNPOD_API_URL": f"http://127.0.0.1:{ports.runpod}/v2",
        **{f"RUNPOD_{name.upper()}_ENDPOINT_ID": name for name in ENDPOINTS},
        "TOSS_API_URL": f"http://127.0.0.1:{ports.toss}",
        "BASE_MODEL": "tiny",
        "POWERTOOLS_SERVICE_NAME": "style-license",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
        **keys,
        **{name: os.environ[name] for name in TUNABLE if name in os.environ},
        **overrides,
    }


def aws_environment(ports: Ports) -> dict[str, str]:
    """Names and the way to S3, SQS and DynamoDB."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports.aws}",
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PRIVATE_BUCKET": "style-license-private",
        "IMAGE_BUCKET": "style-license-images",
        "ARTWORK_QUEUE": "style-license-artworks",
        "SESSIONS_TABLE": "style-license-sessions",
        "LIMITS_TABLE": "style-license-limits",
    }


def openid_environment(app: Mapping[str, str], *, ports: Ports, folder: Path) -> dict[str, str]:
    """What the OpenID provider reads."""
    return {
        "PORT": str(ports.openid),
        "ISSUER": app["OIDC_ISSUER"],
        "CLIENT_ID": app["GOOGLE_CLIENT_ID"],
        "CLIENT_SECRET": app["GOOGLE_CLIENT_SECRET"],
        "REDIRECT_URI": f"{app['PUBLIC_URL']}/api/auth/google/callback",
        "KEYS_FILE": str(folder / "openid-keys.json"),
    }


def gpu_environment(
    app: Mapping[str, str], *, endpoint: str, ports: Ports, folder: Path
) -> dict[str, str]:
    """What a GPU worker's container gets: no credentials of database, queue or AWS."""
    threads = max(1, (os.cpu_count() or 1) // len(ENDPOINTS))
    return {
        "API_URL": app["PUBLIC_URL"],
        "INTERNAL_API_TOKEN": app["INTERNAL_API_TOKEN"],
        **{name: app[name] for name in GPU_TUNABLE if name in app},
        # Two workers share the machine with everything else.
        "OMP_NUM_THREADS": app.get("OMP_NUM_THREADS", str(threads)),
        "ADAPTER_CACHE": str(folder / "adapters"),
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "HF_HUB_OFFLINE": "1",
        **worker_environment(
            origin=f"http://127.0.0.1:{ports.runpod}",
            endpoint=endpoint,
            worker=f"{endpoint}-worker",
            key=app["RUNPOD_API_KEY"],
        ),
    }
