"""What waits in the outbox arrives: once where nothing goes wrong, and at last whatever goes wrong in between."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from app.adapters.crypto.sealing import KeyringSealer
from app.domain.mail.message import GIVE_UP_S, Delivery, Message, MessageId
from app.ports.mail import MailConnection
from app.services.mail.outbox import AWAY_S, KEPT_DAYS, LEASE_S
from tests.builders import World
from tests.integration.mail.letters import BOB, SENDER, kept, sending, write
from tests.services.smtp import SmtpService

HOUR = 3600


def test_a_message_arrives_as_it_was_written(office: World, smtp: SmtpService) -> None:
    body = f"Dear Zoë,\n\nhttps://login.example/{'x' * 900}\n.\nBye\n"
    write(office, "Zoë’s invitation", body=body)
    assert office.bridge.outbox.deliver() == 1
    (received,) = smtp.received
    assert (received.sender, received.recipients) == ("login@vendor.example", [BOB])
    assert received.text == body
    assert (received.mail["From"], received.mail["To"], received.mail["Subject"]) == (SENDER, BOB, "Zoë’s invitation")
    assert received.mail.get_content_type() == "text/plain"
    assert received.mail["Auto-Submitted"] == "auto-generated"
    assert str(received.mail["Message-ID"]).endswith("@vendor.example>")


def test_a_message_arrives_once(office: World, smtp: SmtpService) -> None:
    write(office)
    assert [office.bridge.outbox.deliver() for _ in range(3)] == [1, 0, 0]
    assert len(smtp.received) == 1


def test_a_message_of_a_transaction_that_failed_is_never_sent(office: World, smtp: SmtpService) -> None:
    def fail() -> None:
        with office.bridge.database.write() as work:
            office.bridge.outbox.enqueue(work, Message(to=BOB, subject="Not meant", body=""))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert office.bridge.outbox.deliver() == 0
    assert smtp.received == []


def test_bodies_rest_sealed_and_are_gone_after_delivery(office: World) -> None:
    write(office, "Reset", body="https://login.example/reset/one-time-secret")
    sealed = kept(office)["Reset"].body
    assert sealed is not None
    assert "one-time-secret" not in sealed
    office.bridge.outbox.deliver()
    assert kept(office)["Reset"].body is None
    assert kept(office)["Reset"].state is Delivery.DELIVERED


def test_after_an_outage_everything_arrives_and_the_waits_grow(office: World, smtp: SmtpService) -> None:
    smtp.stop()
    write(office)
    waits = []
    for _ in range(11):
        assert office.bridge.outbox.deliver() == 0
        waits.append(round(kept(office)["Hello"].due_at - office.clock.now(), -1))
        office.clock.forward(waits[-1] + 1)
    assert waits == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600]
    assert "refused" in kept(office)["Hello"].problem
    smtp.start()
    assert office.bridge.outbox.deliver() == 1


def test_while_the_server_is_away_one_message_tries_for_all(office: World, smtp: SmtpService) -> None:
    smtp.stop()
    for number in range(5):
        write(office, f"Letter {number}")
    for _ in range(3):
        office.bridge.outbox.deliver()
    assert sorted(queued.tries for queued in kept(office).values()) == [0, 0, 0, 0, 1]
    smtp.start()
    office.clock.forward(AWAY_S + 1)
    assert office.bridge.outbox.deliver() == 5


def test_a_restart_loses_nothing(tmp_path: Path, either_database_url: str, smtp: SmtpService) -> None:
    first = sending(tmp_path, smtp, database_url=either_database_url)
    write(first)
    first.close()
    second = sending(tmp_path, smtp, database_url=either_database_url)
    assert second.bridge.outbox.deliver() == 1
    second.close()


def test_a_worker_that_dies_after_handing_over_leaves_its_message_to_another(
    office: World, smtp: SmtpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a power cut: nothing that catches errors catches it."""

    sends = "app.adapters.smtp.mailer.SmtpConnection.send"

    def die(mail_server: MailConnection, message: Message, *, message_id: MessageId, written_at: float) -> None:
        monkeypatch.undo()
        mail_server.send(message, message_id=message_id, written_at=written_at)
        raise Killed

    write(office)
    monkeypatch.setattr(sends, die)
    with pytest.raises(Killed):
        office.bridge.outbox.deliver()
    assert office.bridge.outbox.deliver() == 0
    office.clock.forward(LEASE_S + 1)
    assert office.bridge.outbox.deliver() == 1
    once, again = smtp.received
    assert once.mail["Message-ID"] == again.mail["Message-ID"]


def test_workers_at_once_send_each_message_once(tmp_path: Path, either_database_url: str, smtp: SmtpService) -> None:
    workers = [sending(tmp_path, smtp, database_url=either_database_url) for _ in range(2)]
    letters = [f"Letter {number:02}" for number in range(30)]
    for letter in letters:
        write(workers[0], letter)
    barrier = Barrier(len(workers))

    def deliver(worker: World) -> int:
        barrier.wait()
        return worker.bridge.outbox.deliver()

    with ThreadPoolExecutor(len(workers)) as threads:
        assert sum(threads.map(deliver, workers)) == len(letters)
    assert sorted(smtp.subjects()) == letters
    for worker in workers:
        worker.close()


def test_a_recipient_that_is_refused_keeps_no_other_from_their_mail(office: World, smtp: SmtpService) -> None:
    smtp.refused["nobody@acme.example"] = "550 5.1.1 No such person here"
    write(office, "Refused", to="nobody@acme.example")
    write(office, "Taken")
    assert office.bridge.outbox.deliver() == 1
    assert smtp.subjects() == ["Taken"]
    assert kept(office)["Refused"].problem == "the mail server said: 550 5.1.1 No such person here"


def test_a_message_that_is_refused_for_now_comes_later(office: World, smtp: SmtpService) -> None:
    smtp.answer = "451 4.7.1 Greylisted"
    write(office)
    assert office.bridge.outbox.deliver() == 0
    smtp.answer = "250 OK"
    assert office.bridge.outbox.deliver() == 0
    office.clock.forward(61)
    assert office.bridge.outbox.deliver() == 1


def test_after_three_days_a_message_is_given_up_and_stays_to_be_seen(office: World, smtp: SmtpService) -> None:
    smtp.refused[BOB] = "550 5.1.1 No such person here"
    write(office)
    while kept(office)["Hello"].state is Delivery.WAITING:
        office.bridge.outbox.deliver()
        office.clock.forward(6 * HOUR)
    given_up = kept(office)["Hello"]
    assert (given_up.state, given_up.body) == (Delivery.GIVEN_UP, None)
    assert given_up.settled_at is not None
    assert GIVE_UP_S <= given_up.settled_at - given_up.queued_at < GIVE_UP_S + 7 * HOUR
    assert office.bridge.outbox.backlog().given_up == 1
    smtp.refused.clear()
    assert office.bridge.outbox.deliver() == 0


@pytest.mark.usefixtures("quick_timeout")
def test_a_server_that_hangs_is_left_and_tried_again(office: World, smtp: SmtpService) -> None:
    smtp.hangs = True
    write(office)
    assert office.bridge.outbox.deliver() == 0
    assert "timed out" in kept(office)["Hello"].problem
    smtp.hangs = False
    office.clock.forward(61)
    assert office.bridge.outbox.deliver() == 1


def test_a_server_that_hangs_up_is_tried_again(office: World, smtp: SmtpService) -> None:
    smtp.hangs_up = True
    write(office)
    assert office.bridge.outbox.deliver() == 0
    smtp.hangs_up = False
    office.clock.forward(61)
    assert office.bridge.outbox.deliver() == 1


def test_a_server_that_closes_for_now_is_tried_again(office: World, smtp: SmtpService) -> None:
    smtp.answer = "421 4.3.2 Shutting down"
    write(office)
    assert office.bridge.outbox.deliver() == 0
    smtp.answer = "250 OK"
    office.clock.forward(61)
    assert office.bridge.outbox.deliver() == 1


def test_a_message_under_a_key_that_is_gone_waits_for_the_key(office: World, smtp: SmtpService) -> None:
    write(office, "Locked")
    outbox = replace(office.bridge.outbox, sealer=KeyringSealer((b"o" * 32,)))
    write(office, "Open")
    assert outbox.deliver() == 0
    assert "SSO_BRIDGE_SECRET_KEYS" in kept(office)["Locked"].problem
    office.clock.forward(61)
    assert office.bridge.outbox.deliver() == 2


def test_what_is_settled_is_forgotten_in_time_and_what_waits_is_not(office: World, smtp: SmtpService) -> None:
    write(office, "Delivered")
    office.bridge.outbox.deliver()
    write(office, "Waiting")
    office.clock.forward((KEPT_DAYS - 1) * 86400)
    assert office.bridge.outbox.forget_some(9) == 0
    office.clock.forward(2 * 86400)
    assert office.bridge.outbox.forget_some(9) == 1
    assert set(kept(office)) == {"Waiting"}


@pytest.mark.parametrize(
    "to",
    [
        "",
        "bob",
        "bob@acme.example\nBcc: eve@evil.example",
        "Bob <bob@acme.example>",
        "a@b.example, c@d.example",
        "=?utf-8?q?eve=40evil.example=2C?=@acme.example",
    ],
)
def test_what_is_no_address_is_refused_before_it_waits(office: World, to: str) -> None:
    with (
        pytest.raises(ValueError, match=r"not a single plain address|not a domain name"),
        office.bridge.database.write() as work,
    ):
        office.bridge.outbox.enqueue(work, Message(to=to, subject="", body=""))
    assert kept(office) == {}


def test_names_that_people_chose_make_no_header(office: World, smtp: SmtpService) -> None:
    write(office, "Welcome to Acme\r\nBcc: eve@evil.example\r\n\r\nEvil body\u2028\x00")
    assert office.bridge.outbox.deliver() == 1
    (received,) = smtp.received
    assert received.mail["Subject"] == "Welcome to Acme Bcc: eve@evil.example Evil body"
    assert received.mail["Bcc"] is None
    assert received.recipients == [BOB]


@pytest.mark.parametrize("to", ["o'neill+x@acme.example", "bøb@acme.example"])
def test_an_odd_address_is_one_recipient(office: World, smtp: SmtpService, to: str) -> None:
    write(office, to=to)
    assert office.bridge.outbox.deliver() == 1
    assert smtp.received[0].recipients == [to]
