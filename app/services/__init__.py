"""The verbs. Each takes what it needs as constructor fields and speaks to the outside through ports only."""
