"""What pages say of a connection's keys, and of what is about to expire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.connections.connection_key import CACHEABLE_S, OVERLAP_S, ConnectionKey, KeyUse
from app.domain.connections.expiry import WARN_DAYS, Credential, Expiry
from app.web.i18n import gettext, moment, ngettext

_MINUTES = str(CACHEABLE_S // 60)
_DAYS = str(OVERLAP_S // 86_400)


@dataclass(frozen=True, slots=True)
class KeyAct:
    """Something to do with the keys; `name` is its place in the URL."""

    name: str
    title: str
    consequences: Sequence[str]
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    """A credential's last day, as a page shows it. `badge` is a class of the stylesheet."""

    name: str
    text: str
    date: str
    badge: str


def use_of(key: ConnectionKey) -> str:
    return gettext("Signing") if key.use is KeyUse.SIGNING else gettext("Encryption")


def state_of(key: ConnectionKey, *, signs: bool, signing: bool) -> str:
    """What the key does now. `signing`: the bridge uses one of these keys to sign, and `signs`: this one."""
    if key.use is KeyUse.ENCRYPTION:
        return gettext("Decrypts only") if key.expires_at else gettext("In use")
    if signing and signs:
        return gettext("Signs now")
    if key.expires_at:
        return gettext("Verifies only")
    return gettext("Published, does not sign yet") if signing else gettext("Published, not used to sign")


def days_left(expiry: Expiry) -> Ends:
    """In words, for each credential."""
    names = {
        Credential.CLIENT_SECRET: gettext("Client secret"),
        Credential.CERTIFICATE: gettext("Client certificate"),
    }
    if expiry.days_left < 0:
        text = gettext("Expired")
    else:
        text = ngettext("%(num)s day left", "%(num)s days left", expiry.days_left)
    if expiry.replaced:
        text = gettext("%(left)s; the next one takes over by itself", left=text)
    badge = "badge-ok"
    if expiry.warning is not None and not expiry.replaced:
        badge = "badge-bad" if expiry.warning == min(WARN_DAYS) else "badge-warn"
    return Ends(names[expiry.credential], text, moment(expiry.at), badge)


def acts(*, still_signing: bool) -> Mapping[str, KeyAct]:
    """`still_signing`: the bridge signs with the old keys until every copy of the key set is renewed."""
    return {act.name: act for act in (_new(), _retire(still_signing=still_signing), _withdraw())}


def _new() -> KeyAct:
    return KeyAct(
        "new",
        gettext("Create new keys"),
        [
            gettext(
                "The new keys are published at once, and the bridge signs with them after %(minutes)s minutes.",
                minutes=_MINUTES,
            ),
            gettext("The old keys go on working for %(days)s days, so no login fails.", days=_DAYS),
            gettext("If you have copied a key into the provider by hand, copy the new one before then."),
        ],
    )


def _retire(*, still_signing: bool) -> KeyAct:
    consequences = [
        gettext("The old keys stop working at once and are no longer published."),
        gettext(
            "If the provider still encrypts to an old key, logins fail until it fetches the key set again. If you have "
            "copied a key into the provider by hand, replace it there first."
        ),
    ]
    if still_signing:
        too_early = gettext(
            "The newest keys are less than %(minutes)s minutes old. The provider may not have fetched them yet, and "
            "then logins fail until it has.",
            minutes=_MINUTES,
        )
        consequences.append(too_early)
    return KeyAct("retire", gettext("Retire old keys"), consequences, danger=True)


def _withdraw() -> KeyAct:
    return KeyAct(
        "withdraw",
        gettext("Replace compromised keys"),
        [
            gettext("All present keys stop working at once, and new ones take their place."),
            gettext("Logins fail until the provider has fetched the new keys. Do this only if a key may have leaked."),
        ],
        danger=True,
    )
