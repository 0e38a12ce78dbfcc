"""The parts of a login by password: the password, the second factor after it, and the ways to a new password."""

from typing import NamedTuple

from app.adapters.crypto.common_passwords import CommonPasswords
from app.adapters.crypto.one_time_codes import TimeBasedCodes
from app.domain.passwords.password_mails import PasswordMails
from app.domain.passwords.password_rules import PasswordRules
from app.services.passwords.guesses import Guesses
from app.services.passwords.password_changes import PasswordChangeService
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.passwords import PasswordService
from app.services.passwords.second_factors import SecondFactorService
from app.services.throttling.devices import Devices
from app.wiring.infrastructure import Infrastructure


class ByPassword(NamedTuple):
    """Each stands on the ones before it."""

    second_factors: SecondFactorService
    passwords: PasswordService
    links: PasswordLinkService
    changes: PasswordChangeService


def by_password(ground: Infrastructure) -> ByPassword:
    mails = PasswordMails(ground.settings.public_url)
    second_factors = SecondFactorService(
        database=ground.database,
        enforcement=ground.enforcement,
        counters=ground.counters,
        codes=TimeBasedCodes(),
        sealer=ground.sealer,
        audit=ground.audit,
        outbox=ground.outbox,
        mails=mails,
        clock=ground.clock,
        randomness=ground.randomness,
    )
    passwords = PasswordService(
        database=ground.database,
        enforcement=ground.enforcement,
        sessions=ground.sessions,
        second_factors=second_factors,
        traces=ground.traces,
        guesses=Guesses(
            counters=ground.counters,
            devices=Devices(sealer=ground.sealer, clock=ground.clock, randomness=ground.randomness),
            places=ground.places,
        ),
        hasher=ground.hasher,
        sealer=ground.sealer,
        clock=ground.clock,
        randomness=ground.randomness,
    )
    links = PasswordLinkService(
        database=ground.database,
        enforcement=ground.enforcement,
        outbox=ground.outbox,
        audit=ground.audit,
        traces=ground.traces,
        counters=ground.counters,
        sealer=ground.sealer,
        clock=ground.clock,
        randomness=ground.randomness,
        mails=mails,
    )
    changes = PasswordChangeService(
        database=ground.database,
        enforcement=ground.enforcement,
        passwords=passwords,
        sessions=ground.sessions,
        links=links,
        outbox=ground.outbox,
        audit=ground.audit,
        traces=ground.traces,
        counters=ground.counters,
        hasher=ground.hasher,
        places=ground.places,
        rules=PasswordRules(CommonPasswords()),
        clock=ground.clock,
        randomness=ground.randomness,
        mails=mails,
    )
    return ByPassword(second_factors, passwords, links, changes)
