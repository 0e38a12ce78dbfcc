"""Why a login stopped, in words: complete, as designed, and safe whatever a provider sends."""

import re
from itertools import chain, combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.reasons import (
    Outcome,
    ReasonCode,
    apps,
    browser,
    id_token,
    own,
    person,
    policy,
    provider,
    provider_setup,
    reason,
    remedy,
    summary,
    userinfo,
)
from app.domain.reasons.filling import LONGEST, fill
from app.domain.reasons.provider_words import KNOWN_MESSAGES

every_code = pytest.mark.parametrize("code", ReasonCode, ids=str)

TABLES = (provider, provider_setup, id_token, userinfo, browser, apps, person, policy, own)

DETAILS = (
    "expected", "received", "skew_s", "claims", "candidates", "domain", "error", "error_description", "host",
    "endpoint", "status", "connection", "field", "claim", "alg", "kid", "encryption", "retry_after_s", "store",
    "distributed", "held_as", "what", "match_by", "sought", "setting", "lacking", "waiting", "client",
)  # fmt: skip

FAILED = {
    ReasonCode.PROVIDER_UNREACHABLE,
    ReasonCode.PROVIDER_TIMEOUT,
    ReasonCode.PROVIDER_TLS,
    ReasonCode.PROVIDER_ERROR,
    ReasonCode.ANSWER_TOO_LARGE,
    ReasonCode.ANSWER_INVALID,
    ReasonCode.DISCOVERY_INVALID,
    ReasonCode.ENDPOINT_MISSING,
    ReasonCode.KEYS_UNAVAILABLE,
    ReasonCode.USERINFO_FAILED,
    ReasonCode.STORE_UNAVAILABLE,
    ReasonCode.MISCONFIGURED,
    ReasonCode.INTERNAL,
}

STATUS_OF_TABLE = {
    provider: 502,
    provider_setup: 502,
    id_token: 502,
    userinfo: 502,
    browser: 400,
    apps: 400,
    person: 403,
    policy: 403,
    own: 503,
}

STATUS_OF_ITS_OWN = {
    ReasonCode.PROVIDER_TIMEOUT: 504,
    ReasonCode.ACCESS_DENIED: 403,
    ReasonCode.LOGIN_REQUIRED: 403,
    ReasonCode.WRONG_PASSWORD: 401,
    ReasonCode.LINK_REFUSED: 400,
    ReasonCode.WRONG_CODE: 401,
    ReasonCode.THROTTLED: 429,
    ReasonCode.INTERNAL: 500,
}

JARGON = re.compile(
    r"\b(alg|algorithm|audience|authenticat\w+|authori[sz]\w+|callback|certificate|claims?|client|CSRF|"
    r"credentials?|discovery|endpoints?|error|HTTPS?|id_token|identity|IdP|invalid|issuer|JSON|JWKS?|JWT|nonce|"
    r"OAuth(?! Login)|OIDC|OpenID|parameter|PKCE|policy|provider|redirect\w*|scopes?|server|session|SSO|"
    r"state|subject|tenant|TLS|tokens?|URI|URL|userinfo)\b",
    re.IGNORECASE,
)

BLAME = re.compile(
    r"\b(you (entered|forgot|failed|must|did not)|your (fault|mistake|error)|incorrect)\b",
    re.IGNORECASE,
)

FOR_KNOWN_MESSAGES = {message.remedy for message in KNOWN_MESSAGES}

BRACES = re.compile(r"\{(.*?)\}")

names = st.sampled_from(DETAILS)
plain_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet="abc", max_size=20),
    st.lists(st.text(alphabet="abc", max_size=5), max_size=5),
)


def agent_texts(code: ReasonCode) -> tuple[str, str]:
    return reason(code).sentence, reason(code).next_step


def support_texts(code: ReasonCode) -> tuple[str, str]:
    return reason(code).summary, reason(code).remedy


@every_code
def test_every_code_stands_in_exactly_one_table(code: ReasonCode) -> None:
    assert [code in table.REASONS for table in TABLES].count(True) == 1
    assert reason(code) is next(table.REASONS[code] for table in TABLES if code in table.REASONS)


@every_code
def test_a_reason_fails_where_something_could_not_be_done_and_refuses_where_a_check_said_no(
    code: ReasonCode,
) -> None:
    assert reason(code).outcome is (Outcome.FAILED if code in FAILED else Outcome.REFUSED)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param(code, STATUS_OF_ITS_OWN.get(code, status), id=code)
        for table, status in STATUS_OF_TABLE.items()
        for code in table.REASONS
    ],
)
def test_the_status_is_that_of_its_kind(code: ReasonCode, status: int) -> None:
    assert reason(code).status == status


def test_a_500_is_only_ever_our_own_bug() -> None:
    assert [code for code in ReasonCode if reason(code).status == 500] == [ReasonCode.INTERNAL]


@every_code
def test_every_text_is_made_of_whole_sentences(code: ReasonCode) -> None:
    wordings = chain(agent_texts(code), *(text.split("\n") for text in support_texts(code)))
    for wording in wordings:
        assert wording.endswith("."), wording
        assert wording[0].isupper() or wording.startswith("{"), wording
        assert "  " not in wording, wording
        assert wording == wording.strip(), wording


@every_code
def test_an_agent_reads_one_short_sentence_and_what_to_do(code: ReasonCode) -> None:
    sentence, next_step = agent_texts(code)
    assert len(sentence) <= 100
    assert ". " not in sentence
    assert len(next_step) <= 160


@every_code
def test_an_agent_reads_no_jargon_and_no_blame(code: ReasonCode) -> None:
    for text in agent_texts(code):
        assert not JARGON.search(text), text
        assert not BLAME.search(text), text


@every_code
def test_an_agent_never_reads_what_a_provider_wrote(code: ReasonCode) -> None:
    for text in agent_texts(code):
        assert not re.search(r"[{}%]", text), text


def test_each_way_to_fail_has_its_own_sentence() -> None:
    assert len({reason(code).sentence for code in ReasonCode}) == len(ReasonCode)


def test_a_wrong_password_does_not_tell_whether_the_account_exists() -> None:
    texts = " ".join(chain(agent_texts(ReasonCode.WRONG_PASSWORD), agent_texts(ReasonCode.THROTTLED)))
    assert not re.search(r"account|exist|unknown|find|no such|locked", texts, re.IGNORECASE)


@every_code
def test_support_texts_name_known_details_only_and_end_with_a_wording_that_names_none(
    code: ReasonCode,
) -> None:
    for text in support_texts(code):
        assert set(BRACES.findall(text)) <= set(DETAILS), text
        assert "{" not in text.split("\n")[-1], text


@every_code
def test_every_wording_can_be_reached(code: ReasonCode) -> None:
    for text in support_texts(code):
        needs = [set(BRACES.findall(wording)) for wording in text.split("\n")]
        for place, needed in enumerate(needs):
            assert not any(earlier <= needed for earlier in needs[:place]), text.split("\n")[place]


@every_code
def test_a_remedy_says_who_has_to_act(code: ReasonCode) -> None:
    for wording in reason(code).remedy.split("\n"):
        assert re.match(r"(Tenant admin|Tenant IT|Support|Operator): |No action needed\b", wording)


@every_code
def test_whichever_details_are_missing_the_most_specific_wording_that_is_left_is_taken(
    code: ReasonCode,
) -> None:
    for text, filled in zip(support_texts(code), (summary, remedy), strict=True):
        named = sorted(set(BRACES.findall(text)))
        for there in chain.from_iterable(combinations(named, size) for size in range(len(named) + 1)):
            wording = next(w for w in text.split("\n") if set(BRACES.findall(w)) <= set(there))
            assert filled(code, dict.fromkeys(there, "here")) == BRACES.sub("here", wording)


@given(details=st.dictionaries(names, plain_values))
def test_whatever_details_are_there_every_text_is_readable(details: dict[str, object]) -> None:
    for code in ReasonCode:
        for text in (summary(code, details), remedy(code, details)):
            assert text.endswith(".")
            assert not re.search(r"[{}\n]|None|“”|: \.", text), text


@given(value=st.text(max_size=400))
@example("NO_MATCHING_POLICY")  # what Okta says: a word that has a remedy of its own
def test_a_hostile_value_stands_in_every_text_as_it_is_or_not_at_all(value: str) -> None:
    shown = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    shown = "".join(c if c.isprintable() else "\ufffd" for c in shown)
    details = dict.fromkeys(DETAILS, value)
    for code in ReasonCode:
        in_summary, in_remedy = (
            shown.join(re.split(r"\{[a-z_]+\}", template.split("\n")[0 if value else -1]))
            for template in support_texts(code)
        )
        assert summary(code, details) == in_summary or len(in_summary) > LONGEST
        assert remedy(code, details) in {in_remedy, *FOR_KNOWN_MESSAGES}


@pytest.mark.parametrize(
    "hostile", ["{expected}", "{0.__class__}", "%(expected)s", r"\1 \g<0>", "{", "}}", "$expected"]
)
def test_a_value_that_looks_like_a_template_is_not_read_as_one(hostile: str) -> None:
    assert (
        fill("It is {received}.\nIt is something.", {"received": hostile, "expected": "SECRET"}) == f"It is {hostile}."
    )


@pytest.mark.parametrize(
    "character",
    ["\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x9b", "\u200b", "\u2028", "\u202e", "\ufeff", "\ud800"],
)
def test_control_characters_are_shown_as_replaced(character: str) -> None:
    assert fill("It is {error}.", {"error": f"a{character}b"}) == "It is a\ufffdb."


def test_a_long_value_is_cut_at_300_characters() -> None:
    assert fill("{error}", {"error": "x" * 300}) == "x" * 300
    assert fill("{error}", {"error": "x" * 100_000}) == "x" * 299 + "…"
    assert len(fill("{claims}", {"claims": ["name"] * 1000})) == 300


@pytest.mark.parametrize("missing", [None, "", []])
def test_an_empty_detail_counts_as_missing(missing: object) -> None:
    assert fill("It is {error}.\nIt is something.", {"error": missing}) == "It is something."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (502, "502"),
        (False, "false"),
        (True, "true"),
        (-312.4839, "-312.5"),
        (["sub", "email"], "sub, email"),
    ],
)
def test_a_value_is_shown_plainly(value: object, shown: str) -> None:
    assert fill("It is {received}.\nIt is something.", {"received": value}) == f"It is {shown}."
