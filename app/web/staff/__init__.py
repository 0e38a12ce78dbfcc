"""The vendor's own people, and the tenants that they look after."""
