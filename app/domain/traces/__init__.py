"""Login attempts, each under its reference."""
