"""TXT records, by dnspython, which is imported when the first domain is checked: it takes 2 MB of each worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.tenants.domain_claim import ProofResult
from app.ports.domains import LookupFailed, TextRecords

if TYPE_CHECKING:
    from dns.resolver import LifetimeTimeout, Resolver

ONE_TRY_S = 2.0
RECORDS_MOST = 200
"""More than any domain has; an answer of 64 KB could hold thousands."""


@dataclass(slots=True)
class DnsTextRecords:
    """The port `DomainRecords`. `servers` and `port` replace the system's name servers, for tests."""

    servers: Sequence[str] = ()
    port: int = 53

    def text(self, name: str, *, timeout_s: float) -> TextRecords:
        import dns.resolver  # noqa: PLC0415

        resolver = self._resolver()
        try:
            answer = resolver.resolve(
                dns.name.from_text(name), dns.rdatatype.TXT, raise_on_no_answer=False, lifetime=timeout_s, search=False
            )
        except dns.resolver.NXDOMAIN as error:
            raise LookupFailed(ProofResult.NO_SUCH_NAME) from error
        except dns.resolver.LifetimeTimeout as error:
            # Servers that say SERVFAIL are asked again until the time is up: then they failed, and were not silent.
            raise LookupFailed(ProofResult.SERVER_FAILED if _answered(error) else ProofResult.TIMED_OUT) from error
        except dns.resolver.NoNameservers as error:
            raise LookupFailed(ProofResult.SERVER_FAILED) from error
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailed(ProofResult.UNREACHABLE) from error
        alias = answer.canonical_name.to_text(omit_final_dot=True)
        if alias.lower() != name.lower():
            return TextRecords((), alias)
        # RFC 1035, section 3.3.14: a record is a list of strings of at most 255 bytes, and a long value is split.
        records = (b"".join(record.strings).decode("utf-8", "replace") for record in answer.rrset or ())
        return TextRecords(tuple(sorted(records)[:RECORDS_MOST]))  # name servers shuffle them

    def _resolver(self) -> "Resolver":
        """Read anew each time, as the system's configuration may change. Raises LookupFailed."""
        import dns.resolver  # noqa: PLC0415

        try:
            resolver = dns.resolver.Resolver(configure=not self.servers)
        except dns.resolver.NoResolverConfiguration as error:
            raise LookupFailed(ProofResult.UNREACHABLE) from error
        if self.servers:
            resolver.nameservers, resolver.port = list(self.servers), self.port
        resolver.timeout = ONE_TRY_S
        return resolver


def _answered(error: "LifetimeTimeout") -> bool:
    """Whether any server answered at all; an entry of its list is server, TCP, port, error or text, answer."""
    return any(tried[4] is not None for tried in error.kwargs.get("errors", ()))
