"""Who signs in at the provider, and what it says about them."""

from dataclasses import dataclass

from tests.fake_idp.jws import Json

# Claims that a scope stands for (OpenID Connect Core, section 5.4). Any other claim comes with `openid` alone.
_SCOPE_OF = {
    **dict.fromkeys(("email", "email_verified"), "email"),
    "address": "address",
    **dict.fromkeys(("phone_number", "phone_number_verified"), "phone"),
    **dict.fromkeys(
        (
            "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
            "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
        ),
        "profile",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`sub`, and everything else the provider knows."""

    sub: str
    claims: Json

    def claims_for(self, scopes: frozenset[str]) -> Json:
        """What these scopes let a client see."""
        return {name: value for name, value in self.claims.items() if _SCOPE_OF.get(name) in {None, *scopes}}

    def addresses(self) -> list[Json]:
        """The addresses as GitHub lists them; none where there is no email."""
        if "email" not in self.claims:
            return []
        verified = self.claims.get("email_verified") is True
        return [{"email": self.claims["email"], "primary": True, "verified": verified, "visibility": None}]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSession:
    """A person who is signed in at the provider; `auth_time` in Unix seconds."""

    person: Person
    sid: str
    auth_time: int
