"""docs/developers.md in Python: Authlib's client, which nobody here wrote, does what the page says."""

from typing import Any

import requests

from tests.integration.oauth2.relying import AFTER_LOGOUT, Relying, snippets


def test_the_page_for_developers_runs_in_python_from_the_first_line_to_the_last(relying: Relying) -> None:
    names: dict[str, Any] = dict(relying.known())
    for snippet in snippets("python"):
        if "current_url" in snippet:
            names["current_url"] = relying.signs_in(names["url"])
        if "revoke_token" in snippet:
            assert relying.goes(names["logout_url"], until=AFTER_LOGOUT) == AFTER_LOGOUT
        if "device_code" in snippet:
            relying.lets_in(names["device"]["user_code"])
        exec(snippet, names)  # noqa: S102 - what the page says is what is run
    claims = names["claims"]
    assert (claims["email"], claims["tenant"], claims["iss"]) == ("alice@acme.example", "acme", relying.issuer)
    assert names["answer"]["token_type"] == "Bearer"
    assert names["token"]["scope"] == "users:read"
    again = names["app"].introspect_token(
        names["bridge"]["introspection_endpoint"], token=names["tokens"]["refresh_token"]
    )
    assert again.json() == {"active": False}


def test_the_line_for_a_shell_gets_a_token_too(relying: Relying) -> None:
    (line,) = snippets("sh")
    for expected in ("-u ", "grant_type=client_credentials", "scope=users:read", "$BRIDGE/oauth2/token"):
        assert expected in line
    known = relying.known()
    answer = requests.post(
        f"{known['BRIDGE']}/oauth2/token",
        auth=(known["CREDENTIAL_ID"], known["CREDENTIAL_SECRET"]),
        data={"grant_type": "client_credentials", "scope": "users:read"},
        timeout=10,
    )
    assert answer.json()["token_type"] == "Bearer"
