"""`apply`: makes the stored objects match a file."""
