"""The database, PostgreSQL or SQLite, behind the ports `repositories` and `counters`.

Owns tables, queries, transactions and migrations. Must not know why something is stored or who asks: it decides
nothing beyond what a unique row or a WHERE clause decides.

Queries are Core statements on a Connection, built once: the ORM's session costs more than the query it sends.
Rows come back as tuples; each topic's file holds its columns, its queries and the way to the domain and back.
"""
