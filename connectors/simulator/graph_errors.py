"""Graph's error bodies and their codes, as Outlook mail gives them."""

from connectors.simulator.calls import Refusal, Reply


def error(status: int, code: str, message: str) -> Reply:
    """`innerError` is filled when the reply leaves (it holds a date and an id)."""
    return Reply(status, {"error": {"code": code, "message": message}})


def refused(status: int, code: str, message: str) -> Refusal:
    return Refusal(error(status, code, message))


def not_found() -> Refusal:
    return refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def malformed_id() -> Refusal:
    return refused(400, "ErrorInvalidIdMalformed", "Id is malformed.")


def bad_request(message: str, code: str = "BadRequest") -> Refusal:
    return refused(400, code, message)


def access_denied() -> Refusal:
    return refused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def sync_state_gone() -> Refusal:
    words = "The sync state generation is not found; restart the synchronisation."
    return refused(410, "syncStateNotFound", words)


def unauthorized(given: str) -> Reply:
    words = "Access token is empty." if not given else "Lifetime validation failed, the token is expired."
    return error(401, "InvalidAuthenticationToken", words)


def too_much(rule: str, wait: float) -> Reply:
    """429 always names how long to wait (learn.microsoft.com, throttling guidance)."""
    limit = "MailboxConcurrency" if rule == "concurrency" else "RequestsPerMailbox"
    reply = error(429, "ApplicationThrottled", f"Application is over its {limit} limit.")
    return reply.with_header("Retry-After", str(max(1, round(wait))))
