"""The named faults: what each is called, which fault of the table it serves, and how it is switched on."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.simulator.actions import ACTIONS, Options
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script, Switch, Twist
from connectors.simulator.gmail_errors import REASONS, named
from connectors.simulator.graph_errors import error as graph_error
from connectors.simulator.world import World


@dataclass(frozen=True, slots=True)
class Condition:
    """A switch the services look at; `value` is its default."""

    words: str
    value: object = True


CONDITIONS = {
    "scope_subset": Condition("F23: the mail scope is not granted"),
    "no_refresh_token": Condition("F23: the token answer has no refresh token"),
    "issuer_mixed_up": Condition("F24: the callback names another issuer", "https://accounts.other.example"),
    "id_token_claims": Condition("F24: claims that replace those of the id_token", {"nonce": "another"}),
    "testing_mode": Condition("F19: refresh tokens die after seven days"),
    "refresh_tokens_expired": Condition("F19: every refresh token is refused"),
    "reauthentication_needed": Condition("F19: Google asks for reauthentication (invalid_rapt)"),
    "interaction_required": Condition("F19: Microsoft asks for multi-factor authentication"),
    "client_secret_expired": Condition("M4: our client secret is refused"),
    "admin_consent_needed": Condition("M8: an administrator must consent first"),
    "rotation_kills_old": Condition("F21: a rotated refresh token dies at once"),
    "revoke_fails": Condition("F42: revocation is refused"),
    "metadata_scope": Condition("F26: an older grant of gmail.metadata comes along with the token"),
    "token_slow": Condition("F22: seconds until the token endpoint answers", 2),
    "keys_rotated": Condition("F12: Google signs with new keys, and names only those"),
    "clock_shift": Condition("F39: by so many seconds the providers' clock is ahead of ours", 86_400),
    "rule_files_into": Condition("F30: a rule files whatever is delivered into this folder", "recruiters"),
    "history_empty_pages": Condition("F4: a history page without changes, but with a next page"),
    "history_gone": Condition("F5, F6: history.list answers 404, with `times` 1 or for ever"),
    "get_404_share": Condition("F8: this share of messages is gone between list and get", 0.3),
    "visibility_lag": Condition("F9: seconds until a delivered message shows", 120),
    "delta_gone": Condition("F27: a delta link answers 410"),
    "delta_loses_returned": Condition("F28: a message that left and came back is reported removed"),
    "delta_replays": Condition("F29: entries repeat"),
    "delta_shuffled": Condition("F29: entries come in any order"),
    "list_skips_share": Condition("F31: lists over all folders leave this share out", 0.02),
    "delta_filter_refused": Condition("F32: a filter in delta is refused"),
    "delta_filter_cap": Condition("F32: a filtered round ends after so many messages", 50),
    "batch_is_throttled": Condition("F34: $batch runs all parts at once, above the mailbox limit"),
    "page_too_large": Condition("M18: pages above this size time out", 100),
    "watch_refused": Condition("F35: Gmail refuses to push: another client is being pushed to already"),
    "subscription_ceiling": Condition("F35: the longest life of a subscription in minutes", 4_230),
    "subscription_renewal_fails": Condition("F35: renewing a subscription answers 404"),
    "push_before_answer": Condition("F35: a notification arrives before the subscription's creation returns"),
    "push_silent": Condition("F10: no push is sent"),
    "push_repeats": Condition("F11: every push is sent so many times", 50),
    "push_stale": Condition("F11: pushes carry an old history id"),
    "push_forged": Condition("F12: what is wrong with the push: none, aud, email, iss, exp or kid", "aud"),
}


def cut(reply: Reply) -> Reply:
    """Half of the answer, with a length that fits."""
    content = reply.content()
    return Reply(reply.status, content[: len(content) // 2], {**reply.headers})


def broken_off(reply: Reply) -> Reply:
    """Half of the answer under the length of the whole: the connection breaks off."""
    content = reply.content()
    return Reply(reply.status, content[: len(content) // 2], {**reply.headers, "Content-Length": str(len(content))})


def not_gzip(reply: Reply) -> Reply:
    return Reply(reply.status, reply.content(), {**reply.headers, "Content-Encoding": "gzip"})


def without_next_link(reply: Reply) -> Reply:
    if not isinstance(reply.body, dict):
        return reply
    return Reply(reply.status, {k: v for k, v in reply.body.items() if k != "@odata.nextLink"}, reply.headers)


def deep_json(reply: Reply) -> Reply:
    """The answer with a member nested 500 deep (docs/security.md S22)."""
    content = reply.content()
    nested = b'{"x":' * 500 + b"1" + b"}" * 500
    return Reply(reply.status, content[:-1] + b',"deep":' + nested + b"}", reply.headers)


TWISTS: dict[str, tuple[str, Twist]] = {
    "truncated_json": ("F15: the JSON stops half-way", cut),
    "connection_breaks": ("F15: the connection breaks off half-way", broken_off),
    "bad_gzip": ("F15: the answer says gzip and is not", not_gzip),
    "deep_json": ("F17: JSON nested 500 deep", deep_json),
    "next_link_missing": ("F31: a page without its next link", without_next_link),
}


def _gmail_refusal(options: Options) -> Reply:
    reason = str(options.get("reason", "rateLimitExceeded"))
    return named(reason if reason in REASONS else "rateLimitExceeded")


def _throttled(options: Options) -> Reply:
    wait = str(options.get("retry_after", 300))
    service = str(options.get("service", "gmail"))
    reply = (
        named("userRateLimitExceeded") if service == "gmail" else graph_error(429, "ApplicationThrottled", "Slow down.")
    )
    return Reply(429, reply.body, {"Retry-After": wait})


def _html_error(options: Options) -> Reply:
    status = int(str(options.get("status", 502)))
    page = f"<html><title>Error {status}</title><h1>That is an error.</h1></html>"
    return Reply(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})


def _token_trouble(options: Options) -> Reply:
    status = int(str(options.get("status", 503)))
    return Reply(
        status, {"error": str(options.get("error", "temporarily_unavailable"))}, {"Content-Type": "application/json"}
    )


ANSWERS: dict[str, tuple[str, str, Callable[[Options], Reply]]] = {
    "gmail_refuses": ("F14: 403 with a `reason`", "^gmail ", _gmail_refusal),
    "throttled": ("F13: 429 with `retry_after`, of `service` gmail or graph", "^(gmail|graph) ", _throttled),
    "html_error": ("F15: an HTML page with `status`", "^(gmail|graph) ", _html_error),
    "token_trouble": ("F20: the token endpoint answers `status`", "-identity POST /token", _token_trouble),
}
"""Name -> words, which calls, and the answer they get."""


def switch_on(world: World, name: str, options: Options) -> None:
    """Switch one fault on. Options: mailbox, times, value, and what the fault's words name. KeyError if unknown."""
    account, times = str(options.get("mailbox", "")), options.get("times")
    if name in CONDITIONS:
        value = options.get("value", CONDITIONS[name].value)
        world.faults.switches[name] = Switch(value, account, times if isinstance(times, int) else -1)
        return
    if name in ACTIONS:
        for box in world.mailboxes:
            if box.items and account in ("", box.address):
                ACTIONS[name][1](world, box, options)
        return
    world.faults.scripts.append(script(name, options))


def script(name: str, options: Options) -> Script:
    """A script by name, or the caller's own when `match` and `status` are given."""
    pattern = str(options.get("match", ""))
    made = Script(
        name,
        pattern or "^(gmail|graph) ",
        account=str(options.get("mailbox", "")),
        times=int(str(options.get("times", -1 if name == "hold" else 1))),
        skip=int(str(options.get("skip", 0))),
        delay=float(str(options.get("delay", 0))),
    )
    if name in TWISTS:
        made.twist = TWISTS[name][1]
    elif name in ANSWERS:
        made.pattern = pattern or ANSWERS[name][1]
        made.reply = ANSWERS[name][2](options)
    elif name == "hold":
        made.holds = True
    elif name == "script" and "status" in options:
        made.reply = _scripted(options)
    elif name not in ("script", "hang"):
        raise KeyError(name)
    return made


def _scripted(options: Options) -> Reply:
    wait, body = options.get("retry_after"), options.get("body")
    headers = {"Retry-After": str(wait)} if wait is not None else {}
    return Reply(int(str(options["status"])), body.encode() if isinstance(body, str) else body, headers)


def catalogue() -> dict[str, str]:
    """Every fault by name, with what it does."""
    return {
        "hold": "F1, F2, F3, F21, F42, F47: calls wait until faults are cleared: time to kill or pause a process",
        **{name: condition.words for name, condition in CONDITIONS.items()},
        **{name: words for name, (words, _) in TWISTS.items()},
        **{name: words for name, (words, _, _) in ANSWERS.items()},
        **{name: words for name, (words, _) in ACTIONS.items()},
        "hang": "F15: the answer comes after `delay` seconds",
        "script": "any call that matches `match` gets `status`, `body` and `retry_after`",
    }
