"""`sso-bridge`: the commands of docs/reference.md. Reads arguments and files, calls one service, writes to a terminal.

Must not know a rule of the domain: services decide what is allowed; commands ask and report.
"""
