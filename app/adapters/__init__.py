"""One folder per outside thing; none imports another. What fails outside becomes our own error here."""
