"""Where an attacker would like the browser to go after a login, and where a browser really goes."""

import re
from urllib.parse import urljoin, urlsplit

EVIL = "evil.example"

ELSEWHERE = {
    "a URL": "https://evil.example",
    "a URL by http": "http://evil.example/",
    "a URL in capitals": "HTTPS://EVIL.EXAMPLE/",
    "two slashes": "//evil.example",
    "three slashes": "///evil.example",
    "four slashes": "////evil.example/..",
    "a slash and a backslash": "/\\evil.example",
    "a backslash and a slash": "\\/evil.example",
    "two backslashes": "\\\\evil.example",
    "backslashes and slashes": "\\/\\/evil.example",
    "a backslash in the path": "/account\\..\\..\\\\evil.example",
    "a tab between slashes": "/\t/evil.example",
    "a line feed between slashes": "/\n/evil.example",
    "a CRLF between slashes": "/\r\n/evil.example",
    "a tab before": "\t//evil.example",
    "a space before": " //evil.example",
    "a space before a path": " /account",
    "a NUL before": "\0//evil.example",
    "a NUL in the path": "/\0/evil.example",
    "a delete in the path": "/\x7f/evil.example",
    "an encoded slash": "/%2fevil.example",
    "an encoded slash in capitals": "/%2Fevil.example",
    "an encoded backslash": "/%5cevil.example",
    "an encoded tab": "/%09/evil.example",
    "an encoded NUL": "/%00/evil.example",
    "an encoded CRLF": "/%0d%0aLocation:%20https://evil.example",
    "a slash encoded twice": "/%252fevil.example",
    "a backslash encoded twice": "/%255cevil.example",
    "a tab encoded twice": "/%2509/evil.example",
    "a CRLF and a header": "/account\r\nLocation: https://evil.example",
    "a CRLF and a cookie": "/account\r\nSet-Cookie: sso_session=mallory",
    "a scheme without slashes": "https:evil.example",
    "a scheme with one slash": "https:/evil.example",
    "a scheme with three slashes": "https:///evil.example",
    "a scheme and backslashes": "https:\\\\evil.example",
    "a scheme with a tab": "ht\ttps://evil.example",
    "our host as a name of a person": "http://localhost:8000@evil.example/",
    "our host and a password": "http://localhost:8000:x@evil.example/",
    "our host as a part of theirs": "http://localhost.evil.example/",
    "our host before a backslash": "http://localhost:8000\\@evil.example/",
    "our host before a hash": "http://evil.example#@localhost:8000/",
    "our own URL": "http://localhost:8000/account",
    "a script": "javascript:alert(1)",
    "a script with a tab": "java\tscript:alert(1)",
    "a script that looks like a path": "javascript://localhost/%0aalert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "a vbscript": "vbscript:msgbox(1)",
    "a file": "file:///etc/passwd",
    "a blob": "blob:https://evil.example/1",
    "a view of the source": "view-source:https://evil.example",
    "an ideographic dot": "//evil\u3002example",
    "a fullwidth slash": "/\uff0fevil.example",
    "a division slash": "/\u2215evil.example",
    "a fullwidth colon": "https\uff1a//evil.example",
    "a right-to-left override": "/\u202e//evil.example",
    "a zero width space": "/\u200b/evil.example",
    "a lone surrogate": "/\ud800/evil.example",
    "a relative path": "evil.example",
    "a dot path": "./evil.example",
    "a query alone": "?next=https://evil.example",
    "a fragment alone": "#https://evil.example",
    "an endless path": "/" + "a" * 10_240,
    "endless slashes": "/" * 10_240 + EVIL,
    "nothing": "",
}

STRIPPED = "".join(map(chr, range(0x21)))


def where_a_browser_goes(location: str, *, from_page: str) -> str:
    """The URL behind a `Location`, as the URL Standard has it for http and https (URL Standard, section 4.4)."""
    cleaned = re.sub(r"[\t\r\n]", "", location.strip(STRIPPED)).replace("\\", "/")
    scheme = re.match(r"(?i)https?:", cleaned)
    rest = cleaned[scheme.end() :] if scheme else cleaned
    slashes = len(rest) - len(rest.lstrip("/"))
    # Any number of slashes from two on begins a host; after another scheme than the page's, any number at all.
    if slashes >= 2 or (scheme and scheme[0].lower() != f"{urlsplit(from_page).scheme}:"):
        rest = "//" + rest.lstrip("/")
        return urljoin(from_page, f"{scheme[0]}{rest}" if scheme else rest)
    return urljoin(from_page, rest)


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
