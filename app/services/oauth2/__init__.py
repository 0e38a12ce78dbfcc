"""The bridge as provider: what apps are told about people, and for how long."""
