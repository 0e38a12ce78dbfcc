"""What is tried against every provider. Each may say how it went, raises Missing, or fails by assertion."""

from collections.abc import Callable, Mapping

from tests.compatibility.infrastructure import Infrastructure, Place
from tests.compatibility.provider import Missing


def login(infrastructure: Infrastructure) -> None:
    """A login, and another one that the provider no longer asks the password for."""
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person)
    place.signs_in(person)
    assert person.asked == 1, f"the provider asked {person.asked} times"


def somebody_else(infrastructure: Infrastructure) -> None:
    """*Sign in as somebody else*: bob takes the place of alice at the provider, by one link."""
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person)
    person.name = "bob"
    place.signs_in(person, query="?prompt=select_account")


def form_post(infrastructure: Infrastructure) -> None:
    """The answer comes by a form of the provider's (`response_mode`)."""
    place = infrastructure.tenant(settings='response_mode = "form_post"')
    place.signs_in(place.person())


def fresh_authentication(infrastructure: Infrastructure) -> None:
    """`prompt=login` and `max_age` are asked, and shown by `auth_time`."""
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person)
    place.signs_in(person, query="?prompt=login&max_age=60")
    assert person.asked == 2, f"the provider asked {person.asked} times"


def stronger_authentication(infrastructure: Infrastructure) -> None:
    """`acr_values` are asked, and shown by `acr`; another one than the provider has is refused."""
    offered = _metadata(infrastructure).get("acr_values_supported")
    if not isinstance(offered, list) or not offered:
        raise Missing("not offered")
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person, query=f"?acr_values={offered[-1]}")
    answer = place.tries(place.person(), query="?acr_values=of-nobody")
    assert answer is not None, "an acr that nobody has was taken for shown"
    assert place.explained(answer).startswith("claim_invalid"), place.explained(answer)


def confirmation(infrastructure: Infrastructure) -> None:
    """*Confirm that it is you*: the provider asks again, and the session goes on under a new id."""
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person)
    before = person.cookie("sso_session")
    place.posts(person, page="/account/confirm", to="/account/confirm/sso")
    assert person.asked == 2, f"the provider asked {person.asked} times"
    assert place.session(person) == person.name, "signed out"
    assert person.cookie("sso_session") != before, "under the same id"


def key_rotation(infrastructure: Infrastructure) -> None:
    """The provider signs with a new key between two logins."""
    place = infrastructure.tenant()
    place.signs_in(place.person())
    infrastructure.provider.rotate_keys()
    place.signs_in(place.person())


def logout_here(infrastructure: Infrastructure) -> None:
    """RP-initiated: signed out there too, and back on our page."""
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person)
    answer = place.signs_out(person)
    assert answer.url.startswith(f"{infrastructure.base}/logged-out"), place.explained(answer)
    assert place.session(person) is None, "still signed in here"
    place.signs_in(person)
    assert person.asked == 2, "still signed in there"


def backchannel_logout(infrastructure: Infrastructure) -> None:
    """Signed out there, and soon here."""
    place = infrastructure.tenant()
    person = place.person()
    place.signs_in(person)
    place.leaves_the_provider(person)
    assert place.soon_signed_out(person), "still signed in here"


def frontchannel_logout(infrastructure: Infrastructure) -> None:
    """Signed out there, and here by a frame of its page."""
    if "frontchannel_logout_supported" not in _metadata(infrastructure):
        raise Missing("not offered")
    place = infrastructure.tenant(frontchannel=True, backchannel_uri="")
    person = place.person()
    place.signs_in(person)
    place.leaves_the_provider(person)
    assert place.soon_signed_out(person), "still signed in here"


def encrypted_rsa(infrastructure: Infrastructure) -> None:
    """id_token by RSA-OAEP-256."""
    place = infrastructure.tenant(encrypted_by="RSA-OAEP-256")
    place.signs_in(place.person())


def encrypted_ecdh(infrastructure: Infrastructure) -> None:
    """id_token by ECDH-ES."""
    place = infrastructure.tenant(encrypted_by="ECDH-ES")
    place.signs_in(place.person())


def pushed_request(infrastructure: Infrastructure) -> None:
    """`par = "required"`, and the client may do nothing else."""
    place = infrastructure.tenant(settings='par = "required"', par=True)
    place.signs_in(place.person())


def pushed_request_demanded(infrastructure: Infrastructure) -> str:
    """The provider demands it of this client only: its metadata does not say so."""
    return _remedied(infrastructure.tenant(par=True), remedy='set par = "required" in the connection')


def private_key_jwt(infrastructure: Infrastructure) -> None:
    """By the key that the bridge makes and publishes."""
    place = infrastructure.tenant(auth="private_key_jwt")
    place.signs_in(place.person())


def client_secret_jwt(infrastructure: Infrastructure) -> None:
    """By an assertion that is signed with the secret."""
    place = infrastructure.tenant(auth="client_secret_jwt")
    place.signs_in(place.person())


def mutual_tls(infrastructure: Infrastructure) -> None:
    """`tls_client_auth`, and access tokens that are bound to the certificate."""
    place = infrastructure.tenant(auth="tls_client_auth")
    place.signs_in(place.person())


def dpop(infrastructure: Infrastructure) -> None:
    """`dpop = true`, and access tokens that are bound to the key of the login."""
    place = infrastructure.tenant(settings="dpop = true", dpop=True)
    place.signs_in(place.person())


def dpop_demanded(infrastructure: Infrastructure) -> str:
    """The provider demands it of this client."""
    return _remedied(infrastructure.tenant(dpop=True), remedy="set dpop = true")


def _remedied(place: Place, *, remedy: str) -> str:
    """The login stops, and its trace names the setting."""
    answer = place.tries(place.person())
    assert answer is not None, "the provider demands nothing"
    said = place.explained(answer)
    assert remedy in said, said
    return f"stops, with the remedy: {remedy}"


def _metadata(infrastructure: Infrastructure) -> Mapping[str, object]:
    place = infrastructure.tenant().person()
    found: Mapping[str, object] = place.get(f"{infrastructure.provider.issuer}/.well-known/openid-configuration").json()
    return found


SCENARIOS: dict[str, Callable[[Infrastructure], str | None]] = {
    "login": login,
    "login, answered by `form_post`": form_post,
    "sign in as somebody else": somebody_else,
    "step-up: `prompt=login`, `max_age`": fresh_authentication,
    "step-up: `acr_values`": stronger_authentication,
    "step-up: confirmation in a session": confirmation,
    "rotation of the provider's keys": key_rotation,
    "logout by us (RP-initiated)": logout_here,
    "back-channel logout": backchannel_logout,
    "front-channel logout": frontchannel_logout,
    "encrypted id_token, RSA-OAEP-256": encrypted_rsa,
    "encrypted id_token, ECDH-ES": encrypted_ecdh,
    "pushed authorization request": pushed_request,
    "pushed request, demanded of the client but not set here": pushed_request_demanded,
    "`private_key_jwt`": private_key_jwt,
    "`client_secret_jwt`": client_secret_jwt,
    "mutual TLS, bound tokens": mutual_tls,
    "DPoP": dpop,
    "DPoP, demanded of the client but not set here": dpop_demanded,
}
