"""How long PostgreSQL may take, and what is said of a database that takes longer."""

LOCK_S = 3
"""How long one transaction waits for another's lock."""
STATEMENT_S = 3.5
"""How long the server may work on one statement."""
ANSWER_S = 4.0
"""How long we wait for its response: longer, so that the server gives up first and the connection stays usable."""
MAINTENANCE_S = 60.0
"""The same for work that nobody waits for: applying a file, deleting old rows."""
MIGRATION_S = 3600.0

HANGS = "does not answer"
LOCKED = "is locked by a long-running operation"
