"""Connections to PostgreSQL and SQLite: how they are opened, pooled and asked, and what their errors mean here."""
