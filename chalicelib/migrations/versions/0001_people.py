"""The schemas, users and artists."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# `system` holds Alembic's own table and so exists already.
SCHEMAS = ("auth", "token", "style", "generation", "community", "tagging")


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
    op.execute("CREATE EXTENSION pg_trgm SCHEMA public")
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("google_sub", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("username", sa.String(length=30), nullable=False),
        sa.Column("bio", sa.String(length=500), server_default="", nullable=False),
        sa.Column("profile_image_key", sa.String(length=255), nullable=True),
        sa.Column("token_balance", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "promotional_balance", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("role", sa.String(length=16), server_default="user", nullable=False),
        sa.Column("is_operator", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("role IN ('user', 'artist')", name=op.f("ck_users_role")),
        sa.CheckConstraint(
            "promotional_balance BETWEEN 0 AND token_balance",
            name=op.f("ck_users_promotional_balance"),
        ),
        sa.CheckConstraint("token_balance >= 0", name=op.f("ck_users_token_balance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("google_sub", name=op.f("uq_users_google_sub")),
        schema="auth",
    )
    op.create_index(
        "ix_users_username_trgm",
        "users",
        ["username"],
        schema="auth",
        postgresql_using="gin",
        postgresql_ops={"username": "gin_trgm_ops"},
    )
    op.create_index(
        "uq_users_username",
        "users",
        [sa.literal_column("casefold(username)")],
        unique=True,
        schema="auth",
    )
    op.create_table(
        "artists",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("artist_name", sa.String(length=60), nullable=False),
        sa.Column(
            "earned_token_balance", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("follower_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("signature_key", sa.String(length=255), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("signature_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "earned_token_balance >= 0", name=op.f("ck_artists_earned_token_balance")
        ),
        sa.CheckConstraint("follower_count >= 0", name=op.f("ck_artists_follower_count")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["auth.users.id"], name=op.f("fk_artists_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_artists")),
        schema="auth",
    )
    op.create_index(
        "ix_artists_artist_name_trgm",
        "artists",
        ["artist_name"],
        schema="auth",
        postgresql_using="gin",
        postgresql_ops={"artist_name": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_table("artists", schema="auth")
    op.drop_table("users", schema="auth")
    op.execute("DROP EXTENSION pg_trgm")
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema}")
