"""Flask only: each view reads HTTP, calls one service and writes HTTP.

Owns URLs, cookies, forms, headers and pages. Knows no database, no provider and no business rule.
"""
