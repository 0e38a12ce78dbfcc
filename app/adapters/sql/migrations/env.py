"""Alembic's entry. The connection, and the transaction around all of it, come from `schema.upgrade`."""

from alembic import context

from app.adapters.sql.declaration import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # SQLite can, now that nothing commits behind our back
)
with context.begin_transaction():
    context.run_migrations()
