"""Between granian and the WSGI application: requests arrive whole before a thread takes them."""
