"""What the services need of the outside, as Protocols. Each docstring is the contract that its tests enforce."""
