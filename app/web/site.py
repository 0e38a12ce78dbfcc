"""How this installation is reached from outside."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The outside of this installation."""

    base_url: str
    development: bool = False
    cookie_domain: str = ""
    forward_auth_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    """What `/metrics` asks for; empty: nothing."""

    @property
    def forward_auth_origins(self) -> list[str]:
        """Where a login may go on to beside our own pages: a form that ends a login may be redirected there."""
        return [f"https://{host}" for host in self.forward_auth_hosts]

    @property
    def secure(self) -> bool:
        """Cookies may carry `Secure` and the prefixes that demand it."""
        return self.base_url.startswith("https://")
