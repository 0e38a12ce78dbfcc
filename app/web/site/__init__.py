"""What holds for every response of the site: its address, its cookies, and what is counted and logged of it."""
