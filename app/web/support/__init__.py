"""`/support/`: the vendor's own people, accounts of the tenant `staff` (docs/rules.md, rule 13)."""
