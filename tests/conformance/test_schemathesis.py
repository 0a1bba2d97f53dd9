"""The running API keeps its description: generated requests, valid and not, with every check on."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from local.demo.person import Person, Upload
from local.run import running_stack
from tests.people import signature

EXAMPLES = "8"
CONFIGURATION = """
[auth.openapi]
session = {{ api_key = "{session}" }}
csrf = {{ api_key = "{csrftoken}" }}
machine = {{ bearer = "{machine}" }}

# Rules that no schema can state: a cursor of this list, an English tag, tokens enough.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 401, 402, 403, 404, 409, 422, 429, 503]
"""
STYLE = """
INSERT INTO style.styles (artist_id, title, description, generation_cost_tokens, training_status,
    rights_name, rights_accepted_at, trigger, lora_key, lora_sha256, trained_at)
VALUES (%(me)s, 'Ink', 'Black ink.', 1, 'completed', 'Oscar', now(), 'sl0', 'loras/x', %(sha)s,
    now())
RETURNING id
"""
GENERATION = """
INSERT INTO generation.generations (id, style_id, buyer_id, prompt_tags, aspect_ratio, seed,
    price_tokens, status, image_key, thumbnail_key, image_sha256, is_public, public_nonce)
VALUES (%(id)s, %(style)s, %(me)s, '{cat}', '1:1', 1, 1, 'completed', 'generations/x/1/image.png',
    'generations/x/1/thumbnail.webp', %(sha)s, true, '0123456789abcdef')
"""


@dataclass
class Origin:
    url: str
    configuration: str
    database_url: str


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """The stack with one image, for an artist who is an operator too, so that all is allowed."""
    folder = tmp_path_factory.mktemp("origin")
    arguments = ("--no-workers", "--set", "RATE_LIMITS=off", "--set", "SWEEP_SECONDS=3600")
    with running_stack(folder, arguments=arguments) as state:
        oscar = Person(state["url"], "oscar", say=lambda _: None)
        me = oscar.sign_in()["id"]
        key = oscar.upload("signature", [Upload("s.png", signature(), "image/png")])[0]
        oscar.post(
            "/api/users/me/upgrade-to-artist",
            {"artist_name": "Oscar", "email": oscar.email, "signature_upload_key": key},
        )
        with psycopg.connect(state["database_url"]) as db:
            values = {"me": me, "sha": "0" * 64, "id": uuid4()}
            found = db.execute(STYLE, values).fetchone()
            assert found
            db.execute(GENERATION, {**values, "style": found[0]})
        cookies = {one.name: one.value for one in oscar._browser.cookies}
        configuration = CONFIGURATION.format(**cookies, machine=state["env"]["INTERNAL_API_TOKEN"])
        yield Origin(state["url"], configuration, state["database_url"])


def test_what_is_generated_from_the_description_is_answered_by_it(
    origin: Origin, tmp_path: Path
) -> None:
    (tmp_path / "schemathesis.toml").write_text(origin.configuration)
    argv = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(tmp_path / "schemathesis.toml")),
        *("run", f"{origin.url}/api/openapi.json"),
        *("--checks", "all", "--max-examples", EXAMPLES, "--seed", "20261123"),
        *("--phases", "examples,coverage,fuzzing,stateful"),
        *("--no-color", "--warnings", "off", "--request-timeout", "20"),
        # These two end the session under test; tests/accounts and tests/leaving call them.
        *("--exclude-path", "/api/auth/logout", "--exclude-operation-id", "leaving_leave"),
    ]
    done = subprocess.run(
        argv, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
    with psycopg.connect(origin.database_url) as db:
        kept = db.execute("SELECT token_balance >= 0 FROM auth.users").fetchall()
    assert kept == [(True,)]
