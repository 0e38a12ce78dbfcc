"""`sso-bridge`: the commands of docs/reference.md. Reads arguments and files, calls one service, writes to a terminal.

Must not know a rule of the domain: what is allowed is decided by services; here it is asked for and told.
"""
