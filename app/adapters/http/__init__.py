"""The only way out: every request to somebody else's server, guarded.

A request passes, in this order:
    target           what the URL may say
    circuit          is this bulkhead's provider known to be away just now?
    bulkhead         has this bulkhead a thread left?
    guarded_adapter  a kept connection of `pool`, or a new one
    dialler          `resolver` (which addresses?), `address_guard` (are they allowed?), connect, `tls`
    connection       HTTP/1.1 under the deadline and the byte count of `exchange`
    body             how much is read and unpacked

It must not know what it carries: no tokens, no JSON, no tenants; a bulkhead is only a name.
"""
