"""Mail that machines write: delivery reports (RFC 3464), read reports (RFC 8098) and calendar parts (RFC 6047)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from connectors.simulator.mime import Person


@dataclass(frozen=True, slots=True)
class Original:
    """The message a report is about."""

    raw: bytes
    message_id: str
    to: str


def delivery_report(original: Original, diagnosis: str, *, head: dict[str, str]) -> bytes:
    """`diagnosis` begins with an enhanced status code; class 4 is a delay, class 5 a failure."""
    status, _, words = diagnosis.partition(" ")
    failed = status.startswith("5")
    lines = {**head, "Auto-Submitted": "auto-replied", "Return-Path": "<>"}
    if failed:
        lines["X-Failed-Recipients"] = original.to
    said = "could not be delivered" if failed else "has not been delivered yet; we keep trying"
    human = f"Your message to {original.to} {said}.\n\nThe response was:\n{words}\n"
    fields = (
        "Reporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {original.to}\nAction: {'failed' if failed else 'delayed'}\n"
        f"Status: {status}\nDiagnostic-Code: smtp; {words}\n"
    )
    returned = original.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii", "replace")
    parts = {"text/plain": human, "message/delivery-status": fields, "text/rfc822-headers": f"{returned}\n"}
    return _report("delivery-status", lines, parts)


def read_report(original: Original, reader: Person, *, head: dict[str, str]) -> bytes:
    """The receipt a reader's mail program sends after being asked for it."""
    lines = {**head, "In-Reply-To": original.message_id, "References": original.message_id}
    fields = (
        f"Reporting-UA: mx.example\nFinal-Recipient: rfc822; {reader[1]}\nOriginal-Message-ID: {original.message_id}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n"
    )
    human = f"Your message\n\nTo: {formataddr(reader)}\n\nwas read.\n"
    return _report("disposition-notification", lines, {"text/plain": human, "message/disposition-notification": fields})


def _report(kind: str, head: dict[str, str], parts: dict[str, str]) -> bytes:
    """multipart/report (RFC 6522), written out: the email package builds no disposition notifications."""
    boundary = f"report-{head['Message-ID'].strip('<>').partition('@')[0]}"
    lines = [f"{name}: {value}" for name, value in head.items()]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/report; report-type={kind}; boundary="{boundary}"', ""]
    for content_type, text in parts.items():
        lines += [f"--{boundary}", f"Content-Type: {content_type}", "", text]
    return "\r\n".join("\n".join([*lines, f"--{boundary}--", ""]).split("\n")).encode()


def calendar_text(method: str, starts: datetime, summary: str, *, organiser: Person, guest: Person) -> str:
    """An iCalendar object of half an hour (RFC 5546). With method REPLY the guest has accepted."""
    state = "ACCEPTED" if method == "REPLY" else "NEEDS-ACTION"
    stamps = [_stamp(at) for at in (starts, starts + timedelta(minutes=30))]
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Example//Calendar//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{_stamp(starts)}-{organiser[1]}",
        f"DTSTAMP:{stamps[0]}",
        f"DTSTART:{stamps[0]}",
        f"DTEND:{stamps[1]}",
        f"SUMMARY:{summary}",
        f"ORGANIZER;CN={organiser[0]}:mailto:{organiser[1]}",
        f"ATTENDEE;CN={guest[0]};PARTSTAT={state};RSVP=TRUE:mailto:{guest[1]}",
        "SEQUENCE:0",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def add_calendar(letter: EmailMessage, text: str, method: str) -> None:
    """As Google and Outlook send it: an alternative part, and for a request the same once more as a file."""
    letter.add_alternative(
        text.encode(), "text", "calendar", params={"method": method, "charset": "utf-8"}, cte="base64"
    )
    if method == "REQUEST":
        letter.add_attachment(text.encode(), "application", "ics", filename="invite.ics")


def head_lines(sender: Person, to: Person, subject: str, at: datetime, message_id: str) -> dict[str, str]:
    return {
        "From": formataddr(sender),
        "To": formataddr(to),
        "Subject": subject,
        "Date": format_datetime(at),
        "Message-ID": message_id,
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
