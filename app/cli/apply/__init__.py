"""`apply`: making what is kept match a file."""
