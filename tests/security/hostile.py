"""Texts, headers, addresses and JSON as somebody who means harm would send them."""

from typing import Any

from hypothesis import strategies as st

_PIECES = [
    *("a", " ", "\n", "\r\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\ud7ff", "𝔘", "İ", "ß"),
    *("(", ")", "[", "<", ">", '"', "'", "\\", "=?utf-8?b?", "?=", "=?x?q?", "&#0;", "&amp;", "{{7*7}}", "${x}"),
    *(
        "> ",
        ">>>> ",
        "-- \n",
        "On Mon, Nov 9, 2026 at 9:00 AM Ana <a@b.example> wrote:\n",
        "-----Original Message-----",
    ),
    *("<div class=gmail_quote>", "<blockquote>", "</div>", "<!--", "<style>", "<script>x</script>", "<table><tr><td>"),
    *("by Friday", "until 31.12.9999", "on 29 February", "in 99999999 weeks", "Q1", "tomorrow", "next next next week"),
    *("not", "unfortunately", "if you are not selected", "regret to", "just following up", "again", "!!!!!!!!", "WHY"),
    *(
        "a@b.example",
        "@",
        "@@@",
        "x" * 200 + "@y.example",
        "1" * 400,
        "http://x.example/" + "a/" * 50,
        "=1+1",
        "\r\nBcc: x",
    ),
]
_LONG = st.builds(lambda piece, times: (piece * times)[:60_000], st.sampled_from(_PIECES), st.integers(2, 20_000))
TEXTS = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=60).map("".join),
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(_PIECES), _LONG), max_size=3).map("".join).map(lambda text: text[:64_000]),
)
SHORT = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=6).map("".join), st.text(max_size=60))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), SHORT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(SHORT, inner, max_size=4)),
    max_leaves=12,
)
INSTANTS = st.sampled_from(
    [
        *("2026-11-20T08:30:00Z", "2026-11-20T08:30:00+01:00", "1970-01-01T00:00:00Z", "2066-01-01T00:00:00Z"),
        *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-20T08:30:00", "soon", ""),
        *(
            "2026-11-20T08:30:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "0001-01-01T00:00:00+23:59",
            "2026-W47-5T08:30Z",
            "20261120T083000Z",
            "2026-11-20T24:00:00Z",
        ),
    ]
)
DATES = st.sampled_from(
    [
        *("Fri, 20 Nov 2026 08:30:00 +0100", "Fri, 31 Dec 9999 23:59:59 -2359", "Sat, 1 Jan 0001 00:00:00 +2359"),
        *("Fri, 20 Nov 2026 08:30:00 -0000", "20 Nov 66 08:30 EST", "Fri, 99 Foo 2026 99:99:99 +9999", "Fri, 1"),
    ]
)
"""Of the Date and Received headers."""
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("Auto-Submitted", "Precedence", "List-Id", "Content-Type", "In-Reply-To", "References", "Message-ID"),
            *("Received", "X-Failed-Recipients", "From", "To", "Reply-To", "Subject", "x-autoreply"),
        ]
    ),
    SHORT,
    max_size=6,
)


def strange(row: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """An object of these fields, mostly whole; else some are missing or of another kind."""
    whole = st.fixed_dictionaries(row)
    broken = st.fixed_dictionaries({}, optional={name: st.one_of(kind, JSON) for name, kind in row.items()})
    return st.integers(0, 9).flatmap(lambda luck: broken if luck == 0 else whole)
