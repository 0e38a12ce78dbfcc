"""One folder per external system; none imports another. External failures become our own errors here."""
