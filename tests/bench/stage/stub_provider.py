"""The benchmark's provider, as cheap as can be: `python -m tests.bench.stage.stub_provider [SECONDS|never [PORT]]`.

It signs everybody in at once, one person after another, and answers its token endpoint at once, after some seconds, or
never. Prints its issuer, and serves until standard input closes; any free port if none is given.
"""

import asyncio
import base64
import json
import sys
import time
from itertools import count
from urllib.parse import parse_qs, quote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

PEOPLE = 10
"""`agent0` to `agent9` at the domain that the client's id names (`bridge.<domain>`)."""


class StubProvider:
    """OpenID Connect Discovery, and the code flow; an id_token with an email, so that nobody asks for userinfo."""

    def __init__(self, patience: str) -> None:
        self.patience = patience
        self.issuer = ""
        self.key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self.numbers = count()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                method, target, _ = lines[0].split(" ", 2)
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                writer.write(await self.answer(method, target, headers, body.decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> bytes:
        url = urlsplit(target)
        if url.path == "/authorize":
            return self.authorized({name: values[0] for name, values in parse_qs(url.query).items()})
        if (method, url.path) == ("POST", "/token"):
            if self.patience == "never":
                await asyncio.Event().wait()
            await asyncio.sleep(float(self.patience))
            return _json(self.tokens({name: values[0] for name, values in parse_qs(body).items()}, headers))
        if url.path == "/jwks":
            return _json({"keys": [self.key.as_dict(private=False)]})
        return _json(self.metadata())

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def authorized(self, asked: dict[str, str]) -> bytes:
        number = next(self.numbers)
        code = base64.urlsafe_b64encode(json.dumps([number, asked.get("nonce"), asked["client_id"]]).encode()).decode()
        back = f"{asked['redirect_uri']}?code={quote(code)}&state={quote(asked['state'])}&iss={quote(self.issuer)}"
        return f"HTTP/1.1 302 Found\r\nLocation: {back}\r\nContent-Length: 0\r\n\r\n".encode()

    def tokens(self, asked: dict[str, str], _headers: dict[str, str]) -> dict[str, object]:
        number, nonce, client_id = json.loads(base64.urlsafe_b64decode(asked["code"]))
        now, person = int(time.time()), f"agent{number % PEOPLE}"
        claims = {
            "iss": self.issuer,
            "aud": client_id,
            "sub": person,
            "email": f"{person}@{client_id.partition('.')[2]}",
            "email_verified": True,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            **({"nonce": nonce} if nonce else {}),
        }
        id_token = jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)
        return {"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": 300, "id_token": id_token}


def _json(content: dict[str, object]) -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def main() -> None:
    provider = StubProvider(sys.argv[1] if len(sys.argv) > 1 else "0")
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    server = await asyncio.start_server(provider.serve, "127.0.0.1", port)
    provider.issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(provider.issuer, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
