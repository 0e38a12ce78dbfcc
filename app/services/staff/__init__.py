"""The vendor's own people, and what they look after."""
