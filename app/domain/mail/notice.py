"""Notices: mails about what somebody should know, and who gets them. Nobody gets the same one twice."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from app.domain.errors import Refused
from app.domain.mail.message import recipient
from app.domain.reasons.reason import N_

ADDRESSES_MOST = 10
KEPT_S = 400 * 86_400
"""How long it is remembered who got a notice: longer than any of them can come up again."""


class NoticeKind(StrEnum):
    """What notices are about."""

    SWITCH_REQUESTED = "switch_requested"
    """A tenant's admin asks for `sso_only`. For the vendor's staff."""
    SWITCH = "switch"
    """A switch was planned, cancelled, done, not done, or taken back."""
    HELD_LOGIN = "held_login"
    EXPIRY = "expiry"
    """A client secret or certificate expires."""
    PROVIDER_FAILING = "provider_failing"
    """Logins fail at a provider that worked before."""


class Audience(StrEnum):
    """Who gets one kind of them: all admins (in the vendor's own tenant, all staff), named addresses, or nobody."""

    ADMINS = "admins"
    ADDRESSES = "addresses"
    NOBODY = "nobody"


OF_TENANT = (NoticeKind.SWITCH, NoticeKind.HELD_LOGIN, NoticeKind.EXPIRY, NoticeKind.PROVIDER_FAILING)
OF_STAFF = (NoticeKind.SWITCH_REQUESTED, *OF_TENANT)
"""About any tenant."""


class AddressesRefused(Refused):
    """The list cannot be used."""


NOT_AN_ADDRESS = N_("“%(address)s” is not an email address.")
TOO_MANY = N_("At most %(most)s addresses are possible. Use a mailing list for more.")
NO_ADDRESS = N_("Enter at least one address, or choose another option.")


@dataclass(frozen=True, slots=True)
class NoticeSetting:
    """Who gets one kind."""

    kind: NoticeKind
    audience: Audience = Audience.ADMINS
    addresses: tuple[str, ...] = ()


def kinds_of(*, staff: bool) -> Sequence[NoticeKind]:
    return OF_STAFF if staff else OF_TENANT


def standard(kind: NoticeKind, *, staff: bool) -> NoticeSetting:
    """Until someone sets it: a tenant's admins hear of everything, the vendor's staff of requests only."""
    quiet = staff and kind is not NoticeKind.SWITCH_REQUESTED
    return NoticeSetting(kind, Audience.NOBODY if quiet else Audience.ADMINS)


def complete(found: Collection[NoticeSetting], *, staff: bool) -> tuple[NoticeSetting, ...]:
    """One for each kind, in their order."""
    known: Mapping[NoticeKind, NoticeSetting] = {setting.kind: setting for setting in found}
    return tuple(known.get(kind, standard(kind, staff=staff)) for kind in kinds_of(staff=staff))


def checked(setting: NoticeSetting) -> NoticeSetting:
    """Raises AddressesRefused."""
    if setting.audience is not Audience.ADDRESSES:
        return NoticeSetting(setting.kind, setting.audience)
    if not setting.addresses:
        raise AddressesRefused(NO_ADDRESS)
    if len(setting.addresses) > ADDRESSES_MOST:
        raise AddressesRefused(TOO_MANY, most=str(ADDRESSES_MOST))
    for address in setting.addresses:
        try:
            recipient(address)
        except ValueError as error:
            raise AddressesRefused(NOT_AN_ADDRESS, address=address) from error
    return setting


def version(settings: Sequence[NoticeSetting]) -> str:
    """Changes with each of them."""
    return hashlib.sha256(json.dumps([asdict(setting) for setting in settings]).encode()).hexdigest()
