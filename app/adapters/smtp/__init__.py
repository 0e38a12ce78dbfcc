"""Sends mail by SMTP (RFC 5321). Owns connections to the operator's mail server; knows no outbox and no retries."""
