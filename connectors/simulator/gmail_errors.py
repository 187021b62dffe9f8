"""Google's error bodies, as the Gmail API words them (developers.google.com, resolve errors)."""

from connectors.simulator.calls import Refusal, Reply

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}

REASONS = {
    "rateLimitExceeded": (403, "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'."),
    "userRateLimitExceeded": (403, "User Rate Limit Exceeded"),
    "quotaExceeded": (403, "The request cannot be completed because you have exceeded your quota."),
    "dailyLimitExceeded": (403, "Daily Limit Exceeded"),
    "insufficientPermissions": (403, "Request had insufficient authentication scopes."),
    "domainPolicy": (403, "The domain administrators have disabled Gmail apps."),
    "accessNotConfigured": (403, "Gmail API has not been used in project 1 before or it is disabled."),
    "forbidden": (403, "Metadata scope does not support 'q' parameter"),
    "failedPrecondition": (400, "Mail service not enabled"),
    "backendError": (500, "Backend Error"),
}
"""Reason -> status and message; the seven refusals of docs/providers.md G26 and G27 and a few more."""


def error(status: int, message: str, reason: str, *, domain: str = "global") -> Reply:
    body = {
        "error": {
            "code": status,
            "message": message,
            "errors": [{"message": message, "domain": domain, "reason": reason}],
            "status": STATUS_NAMES.get(status, "UNKNOWN"),
        }
    }
    headers = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/"'} if status == 401 else {}
    return Reply(status, body, headers)


def named(reason: str) -> Reply:
    status, message = REASONS[reason]
    return error(status, message, reason, domain="usageLimits" if "xceeded" in reason else "global")


def not_found() -> Refusal:
    return Refusal(error(404, "Requested entity was not found.", "notFound"))


def invalid(message: str) -> Refusal:
    return Refusal(error(400, message, "invalidArgument"))


def forbidden(message: str, reason: str = "forbidden") -> Refusal:
    return Refusal(error(403, message, reason))


def unauthorized(given: str) -> Reply:
    if not given:
        return error(401, "Login Required.", "required")
    return error(401, "Request had invalid authentication credentials.", "authError")


def too_much(rule: str, wait: float) -> Reply:
    """Google names no reliable Retry-After for either."""
    if rule == "concurrency":
        return error(429, "Too many concurrent requests for user.", "rateLimitExceeded", domain="usageLimits")
    return named("rateLimitExceeded")
