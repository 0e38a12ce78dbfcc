"""The rules, as frozen data and pure functions. Owns what is true; knows no clock, no store, no web, no library."""
