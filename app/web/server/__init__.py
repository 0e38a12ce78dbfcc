"""Between granian and the WSGI application, where a request is whole before a thread takes it, and `/healthz`."""
