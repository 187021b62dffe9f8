"""How mail programs quote the letter they answer: as text and as HTML."""

import textwrap
from dataclasses import dataclass
from datetime import datetime
from html import escape


@dataclass(frozen=True, slots=True)
class Quoted:
    """The letter that is answered. `at` is in the answerer's zone."""

    name: str
    address: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str


def wrapped(text: str) -> str:
    """Gmail breaks the lines of its text part at 78 characters, attribution lines too."""
    return "\n".join("\n".join(textwrap.wrap(line, 78)) if len(line) > 78 else line for line in text.split("\n"))


def paragraphs(text: str) -> str:
    blocks = text.split("\n\n")
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks)


def text_quote(style: str, quoted: Quoted) -> str:
    """What stands below the new words in the text part; empty for a style that does not quote."""
    if style == "outlook":
        rule = "_" * 32
        return f"\n\n{rule}\n{_outlook_head(quoted)}\n\n{quoted.text}\n"
    lead = wrapped(_lead(style, quoted)) if style == "gmail" else _lead(style, quoted)
    marked = "\n".join(f"> {line}".rstrip() for line in quoted.text.splitlines())
    return f"\n\n{lead}\n\n{marked}\n" if lead else ""


def html_quote(style: str, quoted: Quoted) -> str:
    body = quoted.html
    lead = escape(_lead(style, quoted))
    if style == "outlook":
        lines = "<br>".join(f"<b>{escape(k)}:</b> {escape(v)}" for k, v in _outlook_fields(quoted))
        return (
            '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
            f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">{lines}</font><div>&nbsp;</div></div>'
            f"<div>{body}</div>"
        )
    if style == "apple":
        return f'<br><blockquote type="cite"><div>{lead}</div><br><div>{body}</div></blockquote>'
    if style == "thunderbird":
        return f'<div class="moz-cite-prefix">{lead}<br></div><blockquote type="cite">{body}</blockquote>'
    if style == "yahoo":
        return f'<div id="yahoo_quoted_1" class="yahoo_quoted"><div>{lead}</div><div>{body}</div></div>'
    if style == "gmail":
        return (
            f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{lead}<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex">'
            f"{body}</blockquote></div>"
        )
    return ""


def forwarded(quoted: Quoted) -> str:
    """Gmail's forward as text."""
    lines = "\n".join(f"{name}: {value}" for name, value in _gmail_fields(quoted))
    return f"\n\n---------- Forwarded message ---------\n{lines}\n\n\n{quoted.text}\n"


def forwarded_html(quoted: Quoted) -> str:
    lines = "<br>".join(f"{name}: {escape(value)}" for name, value in _gmail_fields(quoted))
    lead = f'<div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>{lines}<br></div>'
    return f'<br><div class="gmail_quote">{lead}<br><br>{quoted.html}</div>'


def _lead(style: str, quoted: Quoted) -> str:
    at, who = quoted.at, f"{quoted.name} <{quoted.address}>"
    clock = at.strftime("%I:%M %p").lstrip("0")
    if style == "gmail":
        return f"On {at:%a}, {at:%b} {at.day}, {at.year} at {clock} {who} wrote:"
    if style == "apple":
        return f"On {at.day}. {at:%b} {at.year}, at {at:%H:%M}, {who} wrote:"
    if style == "thunderbird":
        return f"On {at.month}/{at.day}/{at:%y} {at:%H:%M}, {quoted.name} wrote:"
    if style == "yahoo":
        return f"On {at:%A}, {at:%B} {at.day}, {at.year} at {clock}, {who} wrote:"
    return ""


def _outlook_fields(quoted: Quoted) -> list[tuple[str, str]]:
    at = quoted.at
    sent = f"{at:%A, %B} {at.day}, {at.year} {at.strftime('%I:%M %p').lstrip('0')}"
    sender = f"{quoted.name} <{quoted.address}>"
    return [("From", sender), ("Sent", sent), ("To", quoted.to), ("Subject", quoted.subject)]


def _outlook_head(quoted: Quoted) -> str:
    return "\n".join(f"{name}: {value}" for name, value in _outlook_fields(quoted))


def _gmail_fields(quoted: Quoted) -> list[tuple[str, str]]:
    at = quoted.at
    sent = f"{at:%a}, {at:%b} {at.day}, {at.year} at {at.strftime('%I:%M %p').lstrip('0')}"
    sender = f"{quoted.name} <{quoted.address}>"
    return [("From", sender), ("Date", sent), ("Subject", quoted.subject), ("To", quoted.to)]
