"""Redis holds only what may be lost (docs/rules.md, rule 11). Without it, throttled paths answer 503; others work."""
