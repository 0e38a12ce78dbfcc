"""Messages, and the outbox that they wait in."""
