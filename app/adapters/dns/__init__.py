"""DNS, asked through the resolver that the system is configured with."""
