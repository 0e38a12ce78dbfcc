"""Which accounts a login may open: matching, identities, held logins, people."""
