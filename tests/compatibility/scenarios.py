"""What is tried against every provider. Each returns a word on how it went, raises Missing, or fails by assertion."""

from collections.abc import Callable, Mapping

from tests.compatibility.ground import Infrastructure
from tests.compatibility.provider import Missing


def login(ground: Infrastructure) -> None:
    """A login, and another one that the provider no longer asks the password for."""
    place = ground.tenant()
    person = place.person()
    place.signs_in(person)
    place.signs_in(person)
    assert person.asked == 1, f"the provider asked {person.asked} times"


def somebody_else(ground: Infrastructure) -> None:
    """*Sign in as somebody else*: bob takes the place of alice at the provider, by one link."""
    place = ground.tenant()
    person = place.person()
    place.signs_in(person)
    person.name = "bob"
    place.signs_in(person, query="?prompt=select_account")


def fresh_authentication(ground: Infrastructure) -> None:
    """`prompt=login` and `max_age` are asked, and shown by `auth_time`."""
    place = ground.tenant()
    person = place.person()
    place.signs_in(person)
    place.signs_in(person, query="?prompt=login&max_age=60")
    assert person.asked == 2, f"the provider asked {person.asked} times"


def key_rotation(ground: Infrastructure) -> None:
    """The provider signs with a new key between two logins."""
    place = ground.tenant()
    place.signs_in(place.person())
    ground.provider.rotate_keys()
    place.signs_in(place.person())


def logout_here(ground: Infrastructure) -> None:
    """RP-initiated: signed out there too, and back on our page."""
    place = ground.tenant()
    person = place.person()
    place.signs_in(person)
    answer = place.signs_out(person)
    assert answer.url.startswith(f"{ground.base}/logged-out"), place.explained(answer)
    assert place.session(person) is None, "still signed in here"
    place.signs_in(person)
    assert person.asked == 2, "still signed in there"


def backchannel_logout(ground: Infrastructure) -> None:
    """Signed out there, and soon here."""
    place = ground.tenant()
    person = place.person()
    place.signs_in(person)
    place.leaves_the_provider(person)
    assert place.soon_signed_out(person), "still signed in here"


def frontchannel_logout(ground: Infrastructure) -> None:
    """Signed out there, and here by a frame of its page."""
    if "frontchannel_logout_supported" not in _metadata(ground):
        raise Missing("not offered")
    place = ground.tenant(frontchannel=True, backchannel_uri="")
    person = place.person()
    place.signs_in(person)
    place.leaves_the_provider(person)
    assert place.soon_signed_out(person), "still signed in here"


def encrypted_rsa(ground: Infrastructure) -> None:
    """id_token by RSA-OAEP-256."""
    place = ground.tenant(encrypted_by="RSA-OAEP-256")
    place.signs_in(place.person())


def encrypted_ecdh(ground: Infrastructure) -> None:
    """id_token by ECDH-ES."""
    place = ground.tenant(encrypted_by="ECDH-ES")
    place.signs_in(place.person())


def pushed_request(ground: Infrastructure) -> None:
    """`par = "required"`, and the client may do nothing else."""
    place = ground.tenant(settings='par = "required"', par=True)
    place.signs_in(place.person())


def pushed_request_demanded(ground: Infrastructure) -> None:
    """The provider demands it of this client only: no metadata say so, the login or its remedy does."""
    place = ground.tenant(par=True)
    answer = place.tries(place.person())
    if answer is not None:
        said = place.explained(answer)
        assert 'par = "required"' in said, said


def private_key_jwt(ground: Infrastructure) -> None:
    """By the key that the bridge makes and publishes."""
    place = ground.tenant(auth="private_key_jwt")
    place.signs_in(place.person())


def mutual_tls(ground: Infrastructure) -> None:
    """`tls_client_auth`, and access tokens that are bound to the certificate."""
    place = ground.tenant(auth="tls_client_auth")
    place.signs_in(place.person())


def dpop(ground: Infrastructure) -> None:
    """`dpop = true`, and access tokens that are bound to the key of the login."""
    place = ground.tenant(settings="dpop = true", dpop=True)
    place.signs_in(place.person())


def _metadata(ground: Infrastructure) -> Mapping[str, object]:
    place = ground.tenant().person()
    found: Mapping[str, object] = place.get(f"{ground.provider.issuer}/.well-known/openid-configuration").json()
    return found


SCENARIOS: dict[str, Callable[[Infrastructure], None]] = {
    "login": login,
    "sign in as somebody else": somebody_else,
    "fresh authentication": fresh_authentication,
    "rotation of the provider's keys": key_rotation,
    "logout by us (RP-initiated)": logout_here,
    "back-channel logout": backchannel_logout,
    "front-channel logout": frontchannel_logout,
    "encrypted id_token, RSA-OAEP-256": encrypted_rsa,
    "encrypted id_token, ECDH-ES": encrypted_ecdh,
    "pushed authorization request": pushed_request,
    "the same, demanded of one client": pushed_request_demanded,
    "private_key_jwt": private_key_jwt,
    "mutual TLS, bound tokens": mutual_tls,
    "DPoP": dpop,
}
