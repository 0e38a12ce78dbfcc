"""One login attempt under its reference."""
