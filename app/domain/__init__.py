"""The rules, as frozen data and pure functions. It knows no clock, store, web framework or library."""
