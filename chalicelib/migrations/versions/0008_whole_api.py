"""What the whole API needs: folded search names, list indexes, first answers, former users."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMES = (
    ("users", "username", "ix_users_username_trgm", "ix_users_artist_search", "role = 'artist'"),
    ("artists", "artist_name", "ix_artists_artist_name_trgm", "ix_artists_search", None),
)
INDEXES = (
    ("ix_follows_recent", "community", "follows", ["follower_id", "created_at", "artist_id"], None),
    ("ix_comments_top", "community", "comments", ["generation_id", "id"], "parent_id IS NULL"),
    (
        "ix_generations_buyer_status",
        "generation",
        "generations",
        ["buyer_id", "status", "id"],
        None,
    ),
    (
        "ix_generations_buyer_public",
        "generation",
        "generations",
        ["buyer_id", "is_public", "id"],
        None,
    ),
    (
        "ix_transactions_purchased",
        "token",
        "transactions",
        ["receiver_id", "id"],
        "kind = 'purchase'",
    ),
    (
        "ix_transactions_reversed",
        "token",
        "transactions",
        ["sender_id", "id"],
        "kind = 'purchase_reversal'",
    ),
    ("ix_tags_flagged", "tagging", "tags", ["usage_count", "id"], "is_flagged"),
    ("ix_outbox_sent_at", "system", "outbox", ["sent_at"], None),
)


def upgrade() -> None:
    for table, column, old, new, where in NAMES:
        op.drop_index(old, table, schema="auth")
        folded = f"casefold(normalize(({column})::text, NFKC))"
        op.add_column(
            table,
            sa.Column(
                "search_name", sa.Text(), sa.Computed(folded, persisted=True), nullable=False
            ),
            schema="auth",
        )
        op.create_index(
            new,
            table,
            ["search_name"],
            schema="auth",
            postgresql_using="gin",
            postgresql_ops={"search_name": "gin_trgm_ops"},
            postgresql_where=sa.text(where) if where else None,
        )
    for name, schema, table, columns, where in INDEXES:
        predicate = sa.text(where) if where else None
        op.create_index(name, table, columns, schema=schema, postgresql_where=predicate)
    _create_former_users()
    _create_idempotent_answers()


def _create_former_users() -> None:
    op.create_table(
        "former_users",
        sa.Column("subject_hmac", sa.String(length=64), nullable=False),
        sa.Column(
            "left_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("subject_hmac", name=op.f("pk_former_users")),
        schema="auth",
    )


def _create_idempotent_answers() -> None:
    op.create_table(
        "idempotent_answers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth.users.id"],
            name=op.f("fk_idempotent_answers_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotent_answers")),
        schema="system",
    )
    op.create_index(
        "ix_idempotent_answers_created_at", "idempotent_answers", ["created_at"], schema="system"
    )


def downgrade() -> None:
    op.drop_table("idempotent_answers", schema="system")
    op.drop_table("former_users", schema="auth")
    for name, schema, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table, schema=schema)
    for table, column, old, new, _ in reversed(NAMES):
        op.drop_index(new, table, schema="auth")
        op.drop_column(table, "search_name", schema="auth")
        op.create_index(
            old,
            table,
            [column],
            schema="auth",
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
        )
