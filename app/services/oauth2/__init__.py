<<<<<<< HEAD
"""The bridge as OpenID provider: authorizations, their codes and tokens."""
=======
"""The bridge as provider: what apps are told about people, and for how long."""
>>>>>>> keys
