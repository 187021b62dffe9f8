"""Mail that answers without a person: absences, delivery and read reports, receipts, newsletters, calendar notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from connectors.simulator.mime import head
from connectors.simulator.sample_reports import Original, add_calendar, calendar_text, delivery_report, read_report


@dataclass(frozen=True, slots=True)
class Occasion:
    """`sender` writes to `to` at `at` (aware UTC); `answered` is the raw message it is about, `number` makes ids."""

    sender: str
    to: str
    at: datetime
    answered: bytes
    answered_id: str
    number: int

    @property
    def lines(self) -> dict[str, str]:
        return {
            "From": self.sender,
            "To": self.to,
            "Date": format_datetime(self.at),
            "Message-ID": f"<machine-{self.number}@machines.example>",
        }

    @property
    def original(self) -> Original:
        return Original(self.answered, self.answered_id, self.sender)


def _letter(of: Occasion, subject: str, text: str, headers: Mapping[str, str]) -> bytes:
    about = {"In-Reply-To": of.answered_id, "References": of.answered_id} if of.answered_id else {}
    made = head(("", of.sender), [("", of.to)], subject, of.at, headers={**about, **headers})
    made.set_content(text)
    return made.as_bytes()


def _calendar(of: Occasion, method: str, subject: str) -> bytes:
    made = head(("", of.sender), [("", of.to)], subject, of.at, headers={"In-Reply-To": of.answered_id})
    made.set_content("See the calendar part.")
    starts = of.at + timedelta(days=3)
    told = calendar_text(method, starts, "Interview", organiser=("", of.sender), guest=("", of.to))
    add_calendar(made, told, method)
    return made.as_bytes()


MACHINES: dict[str, Callable[[Occasion], bytes]] = {
    "out_of_office": lambda of: _letter(
        of, "Automatic reply: Application", "I am out of the office.", {"Auto-Submitted": "auto-replied"}
    ),
    "out_of_office_by_subject": lambda of: _letter(
        of,
        "Abwesenheitsnotiz: Application",
        "Ich bin nicht im Haus.",
        {"X-Auto-Response-Suppress": "All", "X-Autoreply": "yes"},
    ),
    "delivery_delayed": lambda of: delivery_report(of.original, "4.4.7 still trying", head=_report_head(of)),
    "read_receipt": lambda of: read_report(of.original, ("", of.sender), head=_report_head(of)),
    "application_receipt": lambda of: _letter(
        of,
        "We have received your application",
        "Thank you for applying. This mailbox is not monitored; please do not reply.",
        {"Auto-Submitted": "auto-generated"},
    ),
    "newsletter": lambda of: _letter(
        of,
        "News from our team",
        "Ten new openings this week.",
        {"List-Id": "<news.acme.example>", "List-Unsubscribe": "<mailto:leave@acme.example>", "Precedence": "bulk"},
    ),
    "calendar_accepted": lambda of: _calendar(of, "REPLY", "Accepted: Call"),
}
"""None of these breaks a silence (docs/providers.md W5 to W13)."""


def _report_head(of: Occasion) -> dict[str, str]:
    return {**of.lines, "Subject": "Report"}


def machine_letter(kind: str, of: Occasion) -> bytes:
    """The letter of that kind; KeyError for a kind that is not in the table."""
    return MACHINES[kind](of)


def invitation(of: Occasion) -> bytes:
    """A person's invitation: calendar mail that does answer (W6)."""
    return _calendar(of, "REQUEST", "Invitation: Interview")
