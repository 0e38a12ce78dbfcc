"""Redis: what may be lost (DESIGN.md, rule 11). Without it, throttled paths answer 503 and all else goes on."""
