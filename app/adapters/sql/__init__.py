"""The database, PostgreSQL or SQLite, behind the ports `repositories` and `counters`.

Owns tables, queries, transactions and migrations. Must not know why something is stored or who asks: it decides
nothing beyond what a unique row or a WHERE clause decides.

Queries are Core statements, built once; `executor.py` alone executes them, through the driver. `row_mapper.py` leads
from rows to the domain and back; each topic's file holds its statements, and says what a table has besides.
"""
