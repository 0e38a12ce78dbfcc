"""The public address and host settings of this installation."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """How this installation is reached."""

    base_url: str
    development: bool = False
    cookie_domain: str = ""
    forward_auth_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    """The token for `/metrics`; empty for none."""

    @property
    def forward_auth_origins(self) -> list[str]:
        """Hosts besides our own that a login may lead to: forms that complete a login may be redirected there."""
        return [f"https://{host}" for host in self.forward_auth_hosts]

    @property
    def secure(self) -> bool:
        """Whether cookies may carry `Secure` and the prefixes that require it."""
        return self.base_url.startswith("https://")
