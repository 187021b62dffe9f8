"""Letters that break careless readers, by name; sizes stay below what would break the simulator itself."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

HTML = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
TEXT = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"


def _deep(levels: int = 80) -> str:
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(levels))
    return f"MIME-Version: 1.0\r\n{opening}Content-Type: text/plain\r\n\r\nat the bottom\r\n"


def _many_parts(count: int = 5_000) -> str:
    part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{part * count}--b--\r\n'


def _crowd(count: int = 20_000) -> str:
    people = ",\r\n ".join(f"p{n}@crowd.example" for n in range(count))
    return f"Cc: {people}\r\n{TEXT}hello all\r\n"


AWKWARD: dict[str, Callable[[datetime], str]] = {
    "deep_multipart": lambda at: _deep(),
    "many_parts": lambda at: _many_parts(),
    "many_recipients": lambda at: _crowd(),
    "hostile_subject": lambda at: f"Subject: {'a.' * 30_000}!\r\n{TEXT}hello\r\n",
    "nested_quotes": lambda at: TEXT + "".join(f"{'>' * n} line\r\n" for n in range(400)),
    "tag_soup": lambda at: HTML + "<div>" * 3_000 + "hello" + "<b><i></b>" * 500,
    "unknown_charset": lambda at: "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=x-nowhere\r\n\r\nhello\r\n",
    "no_content_type": lambda at: "\r\nhello\r\n",
    "group_syntax": lambda at: f"Cc: nobody:;, Team: a@team.example, b@team.example;\r\n{TEXT}hello\r\n",
    "zero_width_name": lambda at: f"Reply-To: =?utf-8?b?RMKtYW5h4oCL4oCu?= <x@evil.example>\r\n{TEXT}hello\r\n",
    "long_header": lambda at: f"X-Long: {'x' * 70_000}\r\n{TEXT}hello\r\n",
    "two_senders": lambda at: f"From: second@evil.example\r\n{TEXT}hello\r\n",
    "null_bytes": lambda at: f"{TEXT}hel\x00lo\r\n",
    "future_date": lambda at: f"Date: Fri, 01 Jan 2066 00:00:00 -0000\r\n{TEXT}hello\r\n",
    "past_date": lambda at: f"Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n{TEXT}hello\r\n",
    "broken_date": lambda at: f"Date: yesterday evening\r\n{TEXT}hello\r\n",
    "no_date": lambda at: f"{TEXT}hello\r\n",
    "no_message_id": lambda at: f"Date: {format_datetime(at)}\r\n{TEXT}hello\r\n",
}
"""Name -> the rest of the message, from its own header lines on (docs/security.md S21, S22, providers.md W17, W20)."""

_DATED = ("future_date", "past_date", "broken_date", "no_date", "no_message_id")


def awkward_letter(name: str, sender: str, to: str, at: datetime) -> bytes:
    """The letter of that name; KeyError for a name that is not in the table."""
    rest = AWKWARD[name](at)
    lines = [f"From: {sender}", f"To: {to}"]
    if name != "hostile_subject":
        lines.append(f"Subject: {name.replace('_', ' ')}")
    if name not in _DATED:
        lines.append(f"Date: {format_datetime(at)}")
    if name != "no_message_id":
        lines.append(f"Message-ID: <{name}.{at:%Y%m%d%H%M%S}@awkward.example>")
    return ("\r\n".join(lines) + "\r\n" + rest).encode("utf-8", "surrogateescape")
