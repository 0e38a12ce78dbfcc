"""The database, PostgreSQL or SQLite, behind the ports `repositories` and `counters`.

Owns tables, queries, transactions and migrations. Must not know why something is stored or who asks: it decides
nothing beyond what a unique row or a WHERE clause decides.

Queries are Core statements, built once; `executor.py` executes them, over the connections of `database/`, and
`sessions/questions.py` and `reader.py` that of the session check.
`row_mapper.py` maps rows to the domain and back; each module holds its topic's statements, and what is special about
its tables.
"""
