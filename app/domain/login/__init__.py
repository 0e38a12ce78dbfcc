"""The way in: attempts, callback, chooser, proofs."""
