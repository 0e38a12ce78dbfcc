<<<<<<< HEAD
"""The bridge as OpenID provider: what apps and their people's browsers ask it."""
=======
"""The endpoints of the bridge as provider. Requests are read and answered here; services decide."""
>>>>>>> keys
