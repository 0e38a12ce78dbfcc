"""Set-up links from the command line."""
