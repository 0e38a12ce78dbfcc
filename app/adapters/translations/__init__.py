"""The catalogs of the languages, and the forms of dates in them."""
