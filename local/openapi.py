"""`python -m local.openapi`: the API's description as the API tells it, for docs/openapi.json."""

import json
from pathlib import Path

from local.gateway import Gateway

TARGET = Path(__file__).parents[1] / "docs" / "openapi.json"


def description() -> str:
    """The description, laid out for reading and comparing."""
    import app  # noqa: PLC0415 - declares every endpoint

    _, _, content = Gateway(app.app).handle("GET", "/api/openapi.json")
    return json.dumps(json.loads(content), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(description(), encoding="utf-8")
