"""Set-up links: customer IT without an account here proposes a connection."""
