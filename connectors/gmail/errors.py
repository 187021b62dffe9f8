"""Google's refusals as the contract's errors, by machine reason and never by wording."""

from collections.abc import Mapping

from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    ConnectorError,
    DailyLimit,
    Misconfigured,
    MissingPermission,
    RateLimited,
    Transient,
    Unreachable,
)
from connectors.http import Answer, common_refusal, retry_after
from connectors.refusals import BadRequest, NotOffered, NotThere, Stale

SLOW_RETRY = 3_600.0


_SLOW_DOWN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED"})
_PERMISSION = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_ADMIN = frozenset({"domainPolicy", "ADMIN_POLICY_ENFORCED", "SERVICE_DISABLED_FOR_USER"})
_OURS = frozenset({"accessNotConfigured", "SERVICE_DISABLED", "API_KEY_INVALID", "CONSUMER_INVALID"})
_DAILY = frozenset({"dailyLimitExceeded", "dailyLimitExceededUnreg"})


def refusal(answer: Answer) -> ConnectorError | None:
    """The error an API answer stands for; None when it is a 2xx (GE: guides/handle-errors)."""
    if answer.status < 300:
        return None
    reasons = reasons_of(answer)
    by_status: dict[int, ConnectorError] = {
        400: BadRequest("Google did not accept the request.", reason=next(iter(reasons), "400")),
        401: Stale("Google no longer accepts the access token.", reason="401"),
        404: NotThere("Google does not have it.", reason="404"),
        410: NotThere("Google does not have it.", reason="410"),
        405: NotOffered("Google does not offer this.", reason="405"),
        501: NotOffered("Google does not offer this.", reason="501"),
    }
    if answer.status == 400 and "failedPrecondition" in reasons:
        return Unreachable("This account has no mailbox yet.", reason="failedPrecondition", retry_after=SLOW_RETRY)
    if answer.status in (403, 429):
        return _forbidden(reasons, answer)
    return by_status.get(answer.status) or common_refusal(answer) or _unexpected(answer.status)


def _forbidden(reasons: tuple[str, ...], answer: Answer) -> ConnectorError:
    for reason in reasons:
        if reason in _DAILY:
            return DailyLimit(
                "Google's daily limit is used up.", reason=reason, retry_after=retry_after(answer.headers)
            )
        if reason in _SLOW_DOWN:
            wait = retry_after(answer.headers)
            return RateLimited("Google asks to slow down.", reason=reason, retry_after=wait)
        if reason in _ADMIN:
            return AdminBlocked("The organisation's administrator does not allow this app.", reason=reason)
        if reason in _OURS:
            return Misconfigured("The Gmail API is switched off in this app's Google project.", reason=reason)
        if reason in _PERMISSION:
            return MissingPermission("Reading mail was not allowed.", reason=reason)
    if answer.status == 429:
        return common_refusal(answer) or RateLimited("Google asks to slow down.")
    return MissingPermission("Google refuses to show this mailbox.", reason=next(iter(reasons), "forbidden"))


def reasons_of(answer: Answer) -> tuple[str, ...]:
    """Machine reasons of an error body, the most specific first; empty when it has none."""
    try:
        error = answer.mapping().get("error")
    except Transient:
        return ()
    if not isinstance(error, Mapping):
        return (str(error),) if error else ()
    entries = [*_entries(error.get("errors")), *_entries(error.get("details")), {"reason": error.get("status")}]
    return tuple(dict.fromkeys(str(entry["reason"]) for entry in entries if entry.get("reason")))


def _entries(found: object) -> list[Mapping[str, object]]:
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


_TOKEN_OURS = frozenset({"invalid_client", "unauthorized_client", "redirect_uri_mismatch", "invalid_scope"})


def token_refusal(error: str) -> ConnectorError:
    """The error a token endpoint's `error` word stands for (RFC 6749, 5.2; G5, G6)."""
    if error in _TOKEN_OURS:
        return Misconfigured("Google does not accept this app's client id or secret.", reason=error)
    if error == "admin_policy_enforced":
        return AdminBlocked("The organisation's administrator does not allow this app.", reason=error)
    if error in ("temporarily_unavailable", "server_error", "internal_failure"):
        return Unreachable("Google has trouble at the moment.", reason=error)
    if error in ("slow_down", "rate_limit_exceeded"):
        return RateLimited("Google asks to slow down.", reason=error)
    if error == "invalid_rapt":
        return AccessRevoked(
            "Your organisation lets a sign-in last only so long; link this mailbox again.", reason=error
        )
    return AccessRevoked("Google no longer lets us read this mailbox; link it again.", reason=error)


def _unexpected(status: int) -> ConnectorError:
    return Unreachable("Google gave an answer we do not understand.", reason=str(status))
