"""The codes for why a login stopped: stable for scripts (docs/reference.md lists them)."""

from enum import StrEnum


class ReasonCode(StrEnum):
    """One code for each way in which a login can stop. Never renamed or reused."""

    # reaching the provider
    PROVIDER_UNREACHABLE = "provider_unreachable"
    PROVIDER_TIMEOUT = "provider_timeout"
    PROVIDER_TLS = "provider_tls"
    PROVIDER_ERROR = "provider_error"
    ADDRESS_REFUSED = "address_refused"
    ANSWER_TOO_LARGE = "answer_too_large"
    ANSWER_INVALID = "answer_invalid"

    # configuration of the provider
    DISCOVERY_INVALID = "discovery_invalid"
    ISSUER_MISMATCH = "issuer_mismatch"
    ENDPOINT_MISSING = "endpoint_missing"
    KEYS_UNAVAILABLE = "keys_unavailable"
    CLIENT_REFUSED = "client_refused"
    GRANT_REFUSED = "grant_refused"
    SCOPE_REFUSED = "scope_refused"
    ACCESS_DENIED = "access_denied"
    LOGIN_REQUIRED = "login_required"
    AUTHORIZATION_ERROR = "authorization_error"

    # the id_token
    ID_TOKEN_MISSING = "id_token_missing"
    ALGORITHM_REFUSED = "algorithm_refused"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    AUDIENCE_MISMATCH = "audience_mismatch"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_NOT_YET_VALID = "token_not_yet_valid"
    NONCE_MISMATCH = "nonce_mismatch"
    CLAIM_MISSING = "claim_missing"
    CLAIM_INVALID = "claim_invalid"
    TOKEN_HASH_MISMATCH = "token_hash_mismatch"
    TOKEN_TYPE_REFUSED = "token_type_refused"

    # userinfo
    USERINFO_FAILED = "userinfo_failed"
    SUBJECT_MISMATCH = "subject_mismatch"

    # the browser and the callback
    STATE_MISSING = "state_missing"
    ATTEMPT_UNKNOWN = "attempt_unknown"
    ATTEMPT_EXPIRED = "attempt_expired"
    ATTEMPT_USED = "attempt_used"
    RESPONSE_ISSUER_MISMATCH = "response_issuer_mismatch"
    CODE_MISSING = "code_missing"
    SESSION_CHANGED = "session_changed"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    SIGNED_OUT_MEANWHILE = "signed_out_meanwhile"
    CONNECTION_CHANGED = "connection_changed"
    LOGOUT_UNIDENTIFIED = "logout_unidentified"
    CSRF = "csrf"

    # matching the person
    SUBJECT_MISSING = "subject_missing"
    EMAIL_MISSING = "email_missing"
    EMAIL_INVALID = "email_invalid"
    EMAIL_UNVERIFIED = "email_unverified"
    EMAIL_OUTSIDE_DOMAINS = "email_outside_domains"
    NO_ACCOUNT = "no_account"
    ACCOUNT_DISABLED = "account_disabled"
    HELD_NEW_SUBJECT = "held_new_subject"
    HELD_EMAIL_MOVED = "held_email_moved"
    CHOICE_REFUSED = "choice_refused"
    ANOTHER_ACCOUNT = "another_account"

    # policy
    SSO_NOT_ALLOWED = "sso_not_allowed"
    PASSWORD_NOT_ALLOWED = "password_not_allowed"
    WRONG_PASSWORD = "wrong_password"
    WRONG_CODE = "wrong_code"
    LINK_REFUSED = "link_refused"
    THROTTLED = "throttled"
    NETWORK_NOT_ALLOWED = "network_not_allowed"
    TENANT_DISABLED = "tenant_disabled"
    CONNECTION_DISABLED = "connection_disabled"

    # an app's request
    APP_REQUEST_INVALID = "app_request_invalid"
    APP_REQUEST_GONE = "app_request_gone"

    # the bridge itself
    STORE_UNAVAILABLE = "store_unavailable"
    MISCONFIGURED = "misconfigured"
    INTERNAL = "internal"
