"""The faults of the table by number: which knobs rehearse each, and what is left to do by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

Knobs = tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`words` name the fault, `knobs` are switched on together, `by_hand` is what no provider can do for us."""

    words: str
    knobs: Knobs = ()
    by_hand: str = ""


def _on(*names: str, **options: object) -> Knobs:
    return tuple((name, options) for name in names)


_HOLD = "`kill -9` the product while a call waits, clear the faults, start it again"

REHEARSALS: dict[int, Rehearsal] = {
    1: Rehearsal("killed between a page's fetch and its commit", _on("hold"), _HOLD),
    2: Rehearsal("killed before a push is acknowledged", _on("push_repeats", value=2), "`kill -9` while pushes come"),
    3: Rehearsal("killed during the first sync", _on("hold", match="messages"), _HOLD),
    4: Rehearsal("an empty history page with a next page", _on("history_empty_pages")),
    5: Rehearsal("history is gone after a long sleep", _on("history_gone", times=1)),
    6: Rehearsal("history is gone for the newest id too", _on("history_gone")),
    7: Rehearsal("history ids with wide gaps, above 2^53", _on("wide_history_gaps", "huge_history_ids")),
    8: Rehearsal("a share of the new messages is gone when asked for", _on("get_404_share")),
    9: Rehearsal("a push comes before its message shows", _on("visibility_lag")),
    10: Rehearsal("no push comes", _on("push_silent")),
    11: Rehearsal("pushes repeated and stale", (*_on("push_repeats", value=50), *_on("push_stale"))),
    12: Rehearsal("forged pushes, rotated keys", (*_on("push_forged", value="kid"), *_on("keys_rotated"))),
    13: Rehearsal("429 with Retry-After", _on("throttled", retry_after=300), "start it again while it waits"),
    14: Rehearsal("403 for a reason", _on("gmail_refuses", reason="domainPolicy", times=-1)),
    15: Rehearsal("garbled answers", _on("truncated_json", "bad_gzip", "connection_breaks", "html_error")),
    16: Rehearsal("a message that can never be read", _on("poison")),
    17: Rehearsal("a message made to exhaust", _on("bomb")),
    18: Rehearsal("a backlog of changes", _on("backlog", value=3_000)),
    19: Rehearsal("the grant is dead", _on("refresh_tokens_expired")),
    20: Rehearsal("the token endpoint is down", _on("token_trouble", times=-1)),
    21: Rehearsal("a rotated token is lost", _on("rotation_kills_old"), "`kill -9` while it is renewed"),
    22: Rehearsal("two workers renew at once", _on("token_slow"), "start a second `aftertouch worker`"),
    23: Rehearsal("half a consent", _on("scope_subset"), "link a mailbox"),
    24: Rehearsal("a callback of another issuer", _on("issuer_mixed_up"), "link a mailbox"),
    25: Rehearsal("linked again with another mailbox", (), "link again and choose another account"),
    26: Rehearsal("the token carries gmail.metadata", _on("metadata_scope"), "link a mailbox"),
    27: Rehearsal("three folders lose their delta links", _on("delta_gone", times=3)),
    28: Rehearsal("a message moves away and back", (*_on("delta_loses_returned"), *_on("there_and_back"))),
    29: Rehearsal("delta repeats and shuffles", _on("delta_replays", "delta_shuffled")),
    30: Rehearsal("a rule files the answer away", _on("rule_files_into"), "`deliver` an answer"),
    31: Rehearsal("lists leave messages out", (*_on("list_skips_share"), *_on("next_link_missing"))),
    32: Rehearsal("delta refuses filters", _on("delta_filter_refused", "delta_filter_cap")),
    33: Rehearsal(
        "many ask one mailbox at once",
        _on("hang", delay=1, times=50),
        "write to several people at once, with a second `aftertouch serve --no-sync` on the store",
    ),
    34: Rehearsal("parts of a batch are refused", _on("batch_is_throttled")),
    35: Rehearsal(
        "subscriptions are lost",
        (*_on("subscription_renewal_fails", "push_before_answer", "watch_refused"), *_on("subscription_ceiling")),
        "`lifecycle` sends the events",
    ),
    36: Rehearsal("the disk is full", (), "put `AFTERTOUCH_DATA_DIR` on a small file system and fill it"),
    37: Rehearsal("an old backup is restored", (), "stop, put yesterday's SQLite file back, start"),
    38: Rehearsal("the key is missing or wrong", (), "move `key.json` away; `kill -9` during `aftertouch rotate-key`"),
    39: Rehearsal("clocks differ, dates lie", (*_on("clock_shift"), *_on("bomb", value="future_date"))),
    40: Rehearsal("automatic mail of every kind", _on("automatic_mail")),
    41: Rehearsal("threads are split and merged", _on("split_threads")),
    42: Rehearsal("revoking fails", _on("revoke_fails"), "unlink, `kill -9` meanwhile, start again"),
    43: Rehearsal("an evil page, a stolen code, a revoked device", (), "`pytest tests/security tests/web`"),
    44: Rehearsal("the backend is slow or down while composing", (), "stop the product and write a mail"),
    45: Rehearsal("the extension is suspended, the page changes", (), "`pytest tests/e2e`"),
    46: Rehearsal("another person's ids", (), "`pytest tests/security`"),
    47: Rehearsal("a worker is paused beyond its lease", _on("hold"), "`kill -STOP` one of two workers, then `-CONT`"),
    48: Rehearsal("unlinked and linked again", (), "unlink a mailbox and link it again"),
}
