import pytest

from app.adapters.dns.text_records import DnsTextRecords
from app.domain.tenants.domain_claim import ProofResult
from app.ports.domains import LookupFailed, TextRecords
from tests.services.name_server import NameServer

NAME = "_sso-bridge-challenge.acme.example"
SHORT_S = 0.3


@pytest.fixture
def records(name_server: NameServer) -> DnsTextRecords:
    return DnsTextRecords(servers=["127.0.0.1"], port=name_server.port)


def why(records: DnsTextRecords, *, timeout_s: float = 5) -> ProofResult:
    with pytest.raises(LookupFailed) as failed:
        records.text(NAME, timeout_s=timeout_s)
    return failed.value.result


def test_every_record_comes_with_its_strings_joined(records: DnsTextRecords, name_server: NameServer) -> None:
    name_server.text(NAME, '"one"', '"sso-bridge-" "verification=abc"')
    assert set(records.text(NAME, timeout_s=5).values) == {"one", "sso-bridge-verification=abc"}


def test_case_of_a_name_makes_no_difference(records: DnsTextRecords, name_server: NameServer) -> None:
    name_server.text("_SSO-Bridge-Challenge.Acme.example", '"one"')
    assert records.text("_SSO-Bridge-Challenge.Acme.example", timeout_s=5).alias is None


def test_an_alias_is_named_and_what_stands_there_is_not_read(records: DnsTextRecords, name_server: NameServer) -> None:
    name_server.alias(NAME, "proofs.elsewhere.example")
    name_server.text("proofs.elsewhere.example", '"one"')
    assert records.text(NAME, timeout_s=5) == TextRecords((), "proofs.elsewhere.example")


def test_a_name_without_such_records_is_no_failure(records: DnsTextRecords, name_server: NameServer) -> None:
    name_server.text(NAME)
    assert records.text(NAME, timeout_s=5) == TextRecords(())


def test_a_name_that_does_not_exist(records: DnsTextRecords) -> None:
    assert why(records) is ProofResult.NO_SUCH_NAME


def test_a_server_that_fails(records: DnsTextRecords, name_server: NameServer) -> None:
    name_server.failing = True
    assert why(records) is ProofResult.SERVER_FAILED


def test_a_server_that_says_nothing_is_waited_for_as_long_as_was_asked(
    records: DnsTextRecords, name_server: NameServer
) -> None:
    name_server.silent = True
    assert why(records, timeout_s=SHORT_S) is ProofResult.TIMED_OUT


def test_text_that_is_no_utf_8_is_read_all_the_same(records: DnsTextRecords, name_server: NameServer) -> None:
    name_server.text(NAME, '"\\255\\254"')
    assert records.text(NAME, timeout_s=5).values == ("\ufffd\ufffd",)
