"""Every request to another server, guarded.

A request passes through, in this order:
    target           is the URL acceptable?
    circuit          is this bulkhead's provider known to be unavailable?
    bulkhead         does this bulkhead have a thread left?
    guarded_adapter  a kept connection of `pool`, or a new one
    dialler          `resolver` (which addresses?), `address_guard` (are they allowed?), connect, `tls`
    connection       HTTP/1.1 under the deadline and the byte count of `exchange`
    body             the limit on reading and decompression

It must not know what it carries: no tokens, JSON or tenants; a bulkhead is just a name.
"""
