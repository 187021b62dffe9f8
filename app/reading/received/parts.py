"""Takes the words out of a body that still has its MIME parts."""

import re
from email import message_from_string
from email.message import EmailMessage

from app.reading.plain import html_to_text

MOST_PARTS = 100
"""Parts, nested or not; no mail program writes as many, and parsing deeper ones costs more than they can say."""

_BODY = re.compile(r"\s*(?:This is a multi-?part.{0,200}\n\s*)?--(\S[^\r\n]{0,69})\r?\ncontent-", re.IGNORECASE)
_HEAD = re.compile(r"\s*(?:mime-version:[^\n]{0,80}\n)?content-type:\s*multipart/", re.IGNORECASE)
_BOUNDARY = re.compile(r"\bboundary\s*=|^--\S", re.IGNORECASE | re.MULTILINE)


def words_of_parts(text: str) -> str:
    """The plain text among the parts, or that of the HTML; any other text as it is.

    Raises ValueError for more than 100 parts.
    """
    body = _BODY.match(text)
    if body is None and not _HEAD.match(text):
        return text
    if sum(1 for _ in _BOUNDARY.finditer(text)) > 2 * MOST_PARTS:
        raise ValueError(f"text has more than {MOST_PARTS} MIME parts")
    head = f'Content-Type: multipart/mixed; boundary="{body[1].rstrip()}"\n\n' if body else ""
    from email.policy import default  # loads the whole grammar of headers, of which a start needs nothing

    mail = message_from_string(head + text.lstrip(), policy=default)
    return _said(mail) if isinstance(mail, EmailMessage) else text


def _said(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    said = str(part.get_content())
    return html_to_text(said) if part.get_content_type() == "text/html" else said
