"""Subjects without the marks that mail programs put before them."""

import re

from app.reading.received.sentences import fold

_LONGEST = 400
_MARK = re.compile(
    r"^(?:(?:re|aw|fwd?|wg|sv|rv|tr|antw|vs|ref|res|enc|i|r|doorst|automatic reply|auto(?:matic)? ?reply|out of office|"
    r"undeliverable|accepted|declined|invitation)(?:\[\d+\])? ?: ?|\[[^\]]{1,30}\] ?)+"
)


def matter_of(subject: str) -> str:
    """The folded subject without "Re:", "Fwd:", "[External]" and their like; what two mails on one matter share."""
    return _MARK.sub("", fold(subject[:_LONGEST])).strip(" .")
