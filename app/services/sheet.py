"""The history as a spreadsheet: comma-separated values (RFC 4180) in which no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable

from app.reading.people import organisation
from app.services.history import Entry, Summary

COLUMNS = (
    "at", "recipient", "name", "company", "what", "direction", "channel", "words", "source", "mailbox", "counts",
    "delivered", "until", "link",
)  # fmt: skip
_BEGINS_A_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""A spreadsheet runs a cell that begins so (OWASP, "CSV injection"); the last four are their full-width twins."""


def written(rows: Iterable[tuple[Summary, Entry]]) -> str:
    """One line an entry of any time line, instants in UTC as ISO 8601, "yes" or nothing for what is so or not."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(COLUMNS)
    sheet.writerows([safe(cell) for cell in _cells(who, entry)] for who, entry in rows)
    return out.getvalue()


def safe(cell: str) -> str:
    """The same text; with an apostrophe before it, which spreadsheets do not show, where it would be run."""
    risky = cell.startswith(("\t", "\r", "\n", "'")) or cell.lstrip().startswith(_BEGINS_A_FORMULA)
    return f"'{cell}" if risky else cell


def _cells(who: Summary, entry: Entry) -> tuple[str, ...]:
    words = entry.note if entry.what in ("notice", "absence") else entry.title
    return (
        entry.at.isoformat(),
        who.address,
        who.name,
        organisation(who.address),
        entry.what,
        entry.direction,
        entry.channel,
        words,
        entry.source,
        entry.mailbox,
        "yes" if entry.counted else "",
        "yes" if entry.delivered else "",
        entry.until.isoformat() if entry.until else "",
        entry.link,
    )
