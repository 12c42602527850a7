"""The closed set of reasons, and the one outcome that each of them means.

401 = authenticating (again, or more strongly) could fix it; 403 = no authentication can;
503 = we cannot know. The rows below are the documented decision table and the metric labels.
"""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The five kinds of answer; `X-Authz-Decision` and the metric label `decision`."""

    ALLOW = "allow"
    CHALLENGE = "challenge"
    DENY = "deny"
    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed"


class Reason(StrEnum):
    """Why; `X-Authz-Reason` and the metric label `reason`."""

    UNTRUSTED_PROXY = "untrusted_proxy"
    UNKNOWN_ENDPOINT = "unknown_endpoint"
    MISSING_HEADER = "missing_header"
    DUPLICATE_HEADER = "duplicate_header"
    BAD_METHOD = "bad_method"
    BAD_SCHEME = "bad_scheme"
    BAD_HOST = "bad_host"
    BAD_PATH = "bad_path"
    BAD_CLIENT_IP = "bad_client_ip"
    TOO_LARGE = "too_large"
    TOO_MANY_CREDENTIALS = "too_many_credentials"
    UNKNOWN_HOST = "unknown_host"
    NO_RULE = "no_rule"
    FORBIDDEN = "forbidden"
    PUBLIC = "public"
    OPTIONAL = "optional"
    NETWORK_MISMATCH = "network_mismatch"
    NO_SESSION = "no_session"
    STYTCH_UNAVAILABLE = "stytch_unavailable"
    KEYS_UNAVAILABLE = "keys_unavailable"
    SESSION_INVALID = "session_invalid"
    SESSION_EXPIRED = "session_expired"
    IMPERSONATED = "impersonated"
    ORGANIZATION_MISMATCH = "organization_mismatch"
    USER_MISMATCH = "user_mismatch"
    ROLE_MISSING = "role_missing"
    EMAIL_MISMATCH = "email_mismatch"
    CLAIM_MISMATCH = "claim_mismatch"
    FACTOR_MISSING = "factor_missing"
    CLOCK_SKEW = "clock_skew"
    FACTOR_TOO_OLD = "factor_too_old"
    REQUIREMENT_MET = "requirement_met"
    INTERNAL_ERROR = "internal_error"

    @property
    def row(self) -> "Row":
        """This reason's row of the decision table."""
        return DECISION_TABLE[self]

    @property
    def outcome(self) -> Outcome:
        """The kind of answer that this reason means."""
        return DECISION_TABLE[self].outcome


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the decision table."""

    gate: int
    """The gates come in this order and the first that fails decides; 0 can happen anywhere."""
    outcome: Outcome
    meaning: str
    second_look: bool = False
    """Whether it may rest on old evidence, so that Stytch is asked once more before it stands."""


DECISION_TABLE = {
    Reason.UNTRUSTED_PROXY: Row(
        1, Outcome.DENY, "the peer that asks is not one of the trusted proxies"
    ),
    Reason.UNKNOWN_ENDPOINT: Row(1, Outcome.DENY, "the path asked is no enabled dialect's"),
    Reason.MISSING_HEADER: Row(2, Outcome.MALFORMED, "the proxy left out a header it must send"),
    Reason.DUPLICATE_HEADER: Row(2, Outcome.MALFORMED, "a single-valued header came twice"),
    Reason.BAD_METHOD: Row(2, Outcome.MALFORMED, "the method is no token of RFC 9110"),
    Reason.BAD_SCHEME: Row(2, Outcome.MALFORMED, "the scheme is neither http nor https"),
    Reason.BAD_HOST: Row(2, Outcome.MALFORMED, "the host is no host name or IP literal"),
    Reason.BAD_PATH: Row(2, Outcome.MALFORMED, "the path can be read in more than one way"),
    Reason.BAD_CLIENT_IP: Row(
        2, Outcome.MALFORMED, "a rule selects by networks, and the client's address is not known"
    ),
    Reason.TOO_LARGE: Row(2, Outcome.MALFORMED, "a header is longer than its limit"),
    Reason.TOO_MANY_CREDENTIALS: Row(
        2, Outcome.MALFORMED, "more than two values of one session cookie"
    ),
    Reason.UNKNOWN_HOST: Row(3, Outcome.DENY, "no upstream of the policy has this host"),
    Reason.NO_RULE: Row(3, Outcome.DENY, "no rule of the upstream matches"),
    Reason.FORBIDDEN: Row(4, Outcome.DENY, "the rule says `access: deny`"),
    Reason.PUBLIC: Row(4, Outcome.ALLOW, "the rule says `access: public`"),
    Reason.OPTIONAL: Row(4, Outcome.ALLOW, "the rule says `access: optional`"),
    Reason.NETWORK_MISMATCH: Row(
        5, Outcome.DENY, "the client's address is in none of the networks the rule requires"
    ),
    Reason.NO_SESSION: Row(6, Outcome.CHALLENGE, "there is no credential"),
    Reason.STYTCH_UNAVAILABLE: Row(
        7, Outcome.UNAVAILABLE, "Stytch could not be asked, or gave no usable answer in time"
    ),
    Reason.KEYS_UNAVAILABLE: Row(
        7,
        Outcome.UNAVAILABLE,
        "a session JWT names a signing key that could not be fetched yet",
    ),
    Reason.SESSION_INVALID: Row(
        8,
        Outcome.CHALLENGE,
        "the session is revoked, unknown, forged, or of another user than its companion",
    ),
    Reason.SESSION_EXPIRED: Row(
        9, Outcome.CHALLENGE, "the session's `expires_at` has passed", second_look=True
    ),
    Reason.IMPERSONATED: Row(
        10, Outcome.DENY, "somebody else is acting as this user", second_look=True
    ),
    Reason.ORGANIZATION_MISMATCH: Row(
        11, Outcome.DENY, "the session is of no organization the rule names", second_look=True
    ),
    Reason.USER_MISMATCH: Row(
        11, Outcome.DENY, "the user is none that the rule names", second_look=True
    ),
    Reason.ROLE_MISSING: Row(
        11, Outcome.DENY, "the user lacks a role the rule requires", second_look=True
    ),
    Reason.EMAIL_MISMATCH: Row(
        11, Outcome.DENY, "the user has verified no address the rule names", second_look=True
    ),
    Reason.CLAIM_MISMATCH: Row(
        11, Outcome.DENY, "a custom claim has none of the values the rule names", second_look=True
    ),
    Reason.FACTOR_MISSING: Row(
        12, Outcome.CHALLENGE, "a factor the rule needs is missing", second_look=True
    ),
    Reason.CLOCK_SKEW: Row(
        13,
        Outcome.UNAVAILABLE,
        "a factor was proven more than 30 seconds in the future: a clock is wrong",
        second_look=True,
    ),
    Reason.FACTOR_TOO_OLD: Row(
        14, Outcome.CHALLENGE, "a factor the rule needs was proven too long ago", second_look=True
    ),
    Reason.REQUIREMENT_MET: Row(15, Outcome.ALLOW, "everything the rule requires is met"),
    Reason.INTERNAL_ERROR: Row(0, Outcome.UNAVAILABLE, "our own fault; the log has the traceback"),
}
