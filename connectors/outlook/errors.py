"""Microsoft's refusals as the contract's errors, by code and never by wording."""

import re
from collections.abc import Mapping

from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    ConnectorError,
    ConsentDenied,
    LinkRefused,
    Misconfigured,
    MissingPermission,
    RateLimited,
    Transient,
    Unreachable,
)
from connectors.http import Answer, common_refusal, retry_after
from connectors.refusals import BadRequest, NotOffered, NotThere, Stale, StartOver

MOVING = 300.0
"""Seconds to wait for a mailbox that is being moved."""

_START_OVER = frozenset(
    {"syncstatenotfound", "resyncrequired", "errorinvalidsyncstatedata", "invalidsyncstatedata", "syncstateinvalid"}
)
_SLOW_DOWN = frozenset({"applicationthrottled", "errorexceededconnectioncount", "toomanyrequests", "errorserverbusy"})
_NO_MAILBOX = frozenset({"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi"})


def refusal(answer: Answer) -> ConnectorError | None:
    """The error a Graph answer stands for; None when it is a 2xx (M15, M23, M25)."""
    if answer.status < 300:
        return None
    code = code_of(answer)
    word = code.lower()
    wait = retry_after(answer.headers)
    if answer.status == 410 or word in _START_OVER:
        return StartOver("Microsoft has forgotten where we were.", reason=code or "410")
    if word in _SLOW_DOWN and answer.status != 503:
        return RateLimited("Microsoft asks to slow down.", reason=code, retry_after=wait)
    if word == "errormailboxmoveinprogress":
        return Unreachable("This mailbox is being moved.", reason=code, retry_after=MOVING)
    if word in _NO_MAILBOX:
        return AdminBlocked("This mailbox cannot be read through Microsoft Graph.", reason=code)
    by_status: dict[int, ConnectorError] = {
        400: BadRequest("Microsoft did not accept the request.", reason=code or "400"),
        401: Stale("Microsoft no longer accepts the access token.", reason=code or "401"),
        403: MissingPermission("Reading mail was not allowed.", reason=code or "403"),
        404: NotThere("Microsoft does not have it.", reason=code or "404"),
        405: NotOffered("Microsoft does not offer this.", reason=code or "405"),
        501: NotOffered("Microsoft does not offer this.", reason=code or "501"),
    }
    unexpected = Unreachable("Microsoft gave an answer we do not understand.", reason=code or str(answer.status))
    return by_status.get(answer.status) or common_refusal(answer) or unexpected


def code_of(answer: Answer) -> str:
    """The machine code of an error body, empty when it has none."""
    try:
        error = answer.mapping().get("error")
    except Transient:
        return ""
    return str(error.get("code", "")) if isinstance(error, Mapping) else ""


_OURS = frozenset({7000215, 7000222, 7000218, 700016, 50011, 50020, 90002, 9002331})
_ADMIN = frozenset({90094, 90095, 90097, 90008, 53000, 53003, 50105})
_CAUSES = (
    (frozenset({50173, 50133}), "The password was changed or the permission withdrawn"),
    (frozenset({50074, 50076, 50079, 50158}), "Microsoft asks for a second factor"),
    (frozenset({700082, 70008, 700084}), "The permission ended because it was not used for too long"),
    (frozenset({50078, 70043, 70044}), "Your organisation lets a sign-in last only so long"),
    (frozenset({65001}), "The permission to read mail was withdrawn"),
    (frozenset({50034, 50053, 50057}), "Microsoft has locked or closed this account"),
)
"""AADSTS numbers of a dead grant, and what they mean to the person (M4)."""
_NUMBER = re.compile(r"^AADSTS(\d{3,9})\b")


def sign_in_refusal(result: Mapping[str, object]) -> ConnectorError:
    """The error a token answer stands for, told by `error`, `suberror` and `error_codes` (M4)."""
    error = str(result.get("error", ""))
    numbers = numbers_of(result)
    reason = str(result.get("suberror") or "") or next((str(number) for number in sorted(numbers)), error)
    if numbers & _OURS or error in ("invalid_client", "unauthorized_client", "invalid_scope"):
        return Misconfigured("Microsoft does not accept this app's id, secret or redirect address.", reason=reason)
    if numbers & _ADMIN:
        return AdminBlocked("An administrator of the organisation must allow this app first.", reason=reason)
    if error in ("temporarily_unavailable", "server_error"):
        return Unreachable("Microsoft has trouble at the moment.", reason=reason)
    cause = next((words for listed, words in _CAUSES if numbers & listed), "Microsoft asks for a new sign-in")
    return AccessRevoked(f"{cause}; link this mailbox again.", reason=reason)


def link_refusal(answer: Mapping[str, object]) -> ConnectorError:
    """The error of a callback, or of exchanging its code: no grant exists yet, so none can have died."""
    numbers = numbers_of(answer)
    if answer.get("error") == "access_denied" and not numbers & _ADMIN:
        return ConsentDenied("Nothing was linked: the permission was not given.", reason="access_denied")
    if 65001 in numbers:
        return AdminBlocked("The organisation lets only an administrator allow this app.", reason="65001")
    problem = sign_in_refusal(answer)
    if isinstance(problem, AccessRevoked):
        return LinkRefused("Microsoft did not finish the link; please try again.", reason=problem.reason)
    return problem


def numbers_of(answer: Mapping[str, object]) -> frozenset[int]:
    """AADSTS numbers: `error_codes`, or in a callback, which has none, the code its description opens with."""
    listed = answer.get("error_codes")
    codes = {int(str(code)) for code in listed if str(code).isdigit()} if isinstance(listed, list) else set()
    opening = _NUMBER.match(str(answer.get("error_description", "")))
    return frozenset(codes | ({int(opening[1])} if opening else set()))
