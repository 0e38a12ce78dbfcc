"""Set-up links: sent, opened with a code, revoked."""
