"""docs/developers.md in JavaScript: npm's openid-client does what the page says."""

import json
from pathlib import Path

from tests.integration.oauth2.relying import AFTER_LOGOUT, Relying, snippets
from tests.services.example_apps import node, says

BEFORE = """
import { createInterface } from 'node:readline'
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const read = async () => (await lines.next()).value
const say = text => process.stdout.write(`${text}\\n`)
const OPTIONS = { execute: [client.allowInsecureRequests] }
"""


def as_module(relying: Relying) -> str:
    """All snippets in one program, which says where it wants the browser and hears where it came back to."""
    known = "\n".join(f"const {name} = {json.dumps(value)}" for name, value in relying.known().items())
    parts = []
    for snippet in snippets("js"):
        if "currentUrl" in snippet:
            parts.append("say(url.href)\nconst currentUrl = new URL(await read())")
        if "tokenRevocation" in snippet:
            parts.append("say(logoutUrl.href)\nawait read()")
        if "pollDeviceAuthorizationGrant" in snippet:
            parts.append("say(device.user_code)\nawait read()")
        parts.append(snippet)
    after = "const ended = await client.tokenIntrospection(config, renewed.refresh_token)"
    told = "say(JSON.stringify({ claims, person, answer, ended, token, deviceTokens }))\nprocess.exit(0)"
    return "\n".join([BEFORE, known, *parts, after, told])


def test_the_page_for_developers_runs_in_javascript_from_the_first_line_to_the_last(
    relying: Relying, tmp_path: Path
) -> None:
    program = node(tmp_path, as_module(relying))
    assert program.stdin is not None
    assert program.stdout is not None
    url = program.stdout.readline().strip()
    assert url.startswith(relying.issuer), url + program.stdout.read()
    program.stdin.write(f"{relying.signs_in(url)}\n")
    program.stdin.flush()
    logout_url = program.stdout.readline().strip()
    assert logout_url.startswith(relying.issuer), logout_url + program.stdout.read()
    assert relying.goes(logout_url, until=AFTER_LOGOUT) == AFTER_LOGOUT
    program.stdin.write("\n")
    program.stdin.flush()
    relying.lets_in(program.stdout.readline().strip())
    program.stdin.write("\n")
    program.stdin.flush()
    told = json.loads(says(program))
    assert told["claims"]["tenant"] == "acme"
    assert told["person"]["email"] == "alice@acme.example"
    assert told["answer"]["active"] is True
    assert told["ended"] == {"active": False}
    assert told["deviceTokens"]["scope"] == "openid"
    assert told["token"]["scope"] == "users:read"
