"""The people at the demo's provider, and what each of them demonstrates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A person at the provider. `tenant` and `shows` are for the table that `sso-bridge demo` prints."""

    username: str
    email: str
    name: str
    tenant: str
    shows: str

    @property
    def password(self) -> str:
        """At the provider and, if config/demo.toml gives the account one, at the bridge too."""
        return f"demo-{self.username}"


PEOPLE = (
    Person("alice", "alice@acme.example", "Alice Archer", "acme", "one account: signs in directly"),
    Person("bob", "bob@acme.example", "Bob Baker", "acme", "two accounts: chooses agent or supervisor"),
    Person("ada", "ada@acme.example", "Ada Admin", "acme", "tenant admin"),
    Person("carol", "carol@globex.example", "Carol Clark", "globex", "password only: no OAuth Login"),
    Person("dave", "dave@initech.example", "Dave Dunn", "initech", "SSO only: no password form"),
    Person("sam", "sam@vendor.example", "Sam Support", "staff", "vendor support: looks up logins, switches policies"),
    Person("olga", "olga@vendor.example", "Olga Operator", "staff", "vendor operator: also sets up tenants and staff"),
    Person(
        "nina",
        "nina@acme.example",
        "Nina Nobody",
        "acme",
        "no matching account: refused with a reference",
    ),
)
