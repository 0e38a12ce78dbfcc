"""Set-up links: sending them, opening one, and the wizard behind it."""
