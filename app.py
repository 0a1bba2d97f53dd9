"""The Chalice app: every room's routes, and every trigger as a named function.

Names of functions never change once deployed: Lambda keeps the handler it was created with.
"""

import os
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib.accounts.routes import routes as accounts
from chalicelib.community.routes import routes as community
from chalicelib.dispatch import sweep, triggers
from chalicelib.dispatch.routes import routes as dispatch
from chalicelib.generations.routes import routes as generations
from chalicelib.kit import outbox, queue
from chalicelib.kit.settings import settings
from chalicelib.leaving.routes import routes as leaving
from chalicelib.ledger.routes import routes as ledger
from chalicelib.notifications.routes import routes as notifications
from chalicelib.operations.routes import routes as operations
from chalicelib.purchases.routes import routes as purchases
from chalicelib.search.routes import routes as search
from chalicelib.styles.routes import routes as styles
from chalicelib.uploads.routes import routes as uploads
from chalicelib.web.health import routes as health
from chalicelib.web.mount import mount

app = Chalice("style-license", configure_logs=False)
mount(
    app,
    [
        *(health, accounts, uploads, ledger, purchases, notifications, styles, generations),
        *(community, search, leaving, dispatch, operations),
    ],
)

if os.environ.get("AWS_CHALICE_CLI_MODE"):
    # Needs Chalice's deployer, which is not in the Lambda.
    from chalicelib.web import gateway_responses

    gateway_responses.install()


@app.lambda_function(name="dispatch_jobs")
def dispatch_jobs(event: dict[str, Any], _context: object) -> dict[str, int]:
    """RabbitMQ → RunPod."""
    return triggers.receive_job_messages(event)


@app.on_sqs_message(queue=os.environ.get("ARTWORK_QUEUE", "style-license-artworks"), batch_size=1)
def inspect_artworks(event: SQSEvent) -> None:
    """S3 → SQS → decode and thumbnail."""
    triggers.inspect_artworks([record.body for record in event])


@app.schedule(Rate(1, unit=Rate.MINUTES))
def relay_outbox(_event: CloudWatchEvent) -> dict[str, int]:
    """What was left in the outbox."""
    return {"sent": outbox.relay()}


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep_jobs(_event: CloudWatchEvent) -> dict[str, int]:
    """What was lost."""
    return sweep.sweep()


@app.lambda_function(name="prepare_deployment")
def prepare_deployment(_event: dict[str, Any], _context: object) -> dict[str, str]:
    """After each deploy: the schema and the queues."""
    # Alembic would cost every other function's cold start a tenth of a second.
    from chalicelib.migrations.upgrade import upgrade_database  # noqa: PLC0415

    upgrade_database(settings().database_url.get_secret_value())
    queue.declare_topology()
    return {"status": "ready"}
