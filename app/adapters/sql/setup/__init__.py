"""Set-up links."""
