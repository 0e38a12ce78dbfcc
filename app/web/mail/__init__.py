"""Messages and the outbox."""
