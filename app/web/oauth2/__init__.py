"""The endpoints of the bridge as provider. Requests are read and answered here; services decide."""
