"""The bridge's own keys for a connection, as operators replace them."""

from app.domain.connections.connection_key import ConnectionKey
from tests.integration.cli.conftest import Commands

ACME = """
[[tenants]]
slug = "acme"
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
client_id = "bridge"
client_auth = "private_key_jwt"
client_assertion_alg = "ES256"
"""


def stored(commands: Commands) -> list[ConnectionKey]:
    database = commands.database()
    with database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant is not None
        (connection,) = work.connections.of_tenant(tenant.id)
        keys = list(work.connection_keys.of_connection(tenant.id, connection.id))
    database.close()
    return keys


def test_keys_are_rotated_and_named(commands: Commands) -> None:
    commands.apply(ACME)
    said = commands.lines("keys", "rotate-connection", "acme", "main")
    newest = [key.kid for key in stored(commands) if key.expires_at is None]
    assert len(newest) == 4
    assert said[0] == f"New keys for acme/main: {', '.join(newest)}"
    assert said[1] == "Signing with them starts in 60 minutes. The old keys still decrypt for 7 more days."


def test_keys_in_wrong_hands_are_withdrawn(commands: Commands) -> None:
    commands.apply(ACME)
    commands.run("keys", "rotate-connection", "acme", "main")
    said = commands.lines("keys", "rotate-connection", "acme", "main", "--withdraw")
    assert said[1] == "The old keys no longer work. Logins fail until the provider has fetched the new keys."
    newest, *old = sorted({key.generation for key in stored(commands)}, reverse=True)
    assert len(old) == 2
    withdrawn = {key.expires_at for key in stored(commands) if key.generation != newest}
    assert len(withdrawn) == 1
    assert None not in withdrawn


def test_a_connection_that_is_not_there_has_no_keys(commands: Commands) -> None:
    commands.apply(ACME)
    for slug, name in (("acme", "other"), ("globex", "main")):
        assert " not found. To see " in commands.run("keys", "rotate-connection", slug, name, exit_code=1).stderr


def test_private_keys_rest_sealed(commands: Commands) -> None:
    commands.apply(ACME)
    commands.run("keys", "rotate-connection", "acme", "main")
    assert not [key for key in stored(commands) if '"d"' in key.private or "{" in key.private]


def test_keys_and_what_expires_are_shown(commands: Commands) -> None:
    by_secret = ACME.replace('"private_key_jwt"', '"client_secret_basic"')
    commands.apply(by_secret + 'client_secret = "s3cret"\nclient_secret_expires = 2020-01-31\n')
    assert commands.lines("keys", "connection", "acme", "main") == [
        "No keys yet: they are created when the provider first fetches them.",
        "client_secret: expired",
    ]
    commands.run("keys", "rotate-connection", "acme", "main")
    shown = "\n".join(commands.lines("keys", "connection", "acme", "main"))
    assert shown.count("enc RSA, created ") == 2
    assert shown.count(", replaced, until ") == 4
    commands.run("keys", "connection", "acme", "other", exit_code=1)


def test_signing_keys_are_listed_and_rotated(commands: Commands) -> None:
    commands.run("db", "upgrade")
    assert commands.lines("keys", "list") == ["No keys yet: they are created when the first app needs them."]
    said = commands.lines("keys", "rotate")
    assert said[0].startswith("New keys: ")
    assert said[1] == (
        "Signing with them starts in 10 minutes. "
        "The old keys stay published until the last token that they signed has expired."
    )
    shown = "\n".join(commands.lines("keys", "list"))
    assert shown.count(", signs from ") == shown.count(", replaced, until ") == 2


def test_signing_keys_in_wrong_hands_are_withdrawn(commands: Commands) -> None:
    commands.run("db", "upgrade")
    commands.run("keys", "rotate")
    said = commands.lines("keys", "rotate", "--withdraw")
    assert said[1].startswith("The old keys no longer work, and neither does any token")
    rs256, es256 = (line.split(":")[0] for line in commands.lines("keys", "list"))
    assert said[0] == f"New keys: {rs256} (RS256), {es256} (ES256)"
