"""Renders the pages: one Jinja environment, escaped throughout, with the dates and words every template needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from app.services.parts import Parts
from app.web import words
from app.web.security import InBrowser, TheParts, parts_of

TEMPLATES = Path(__file__).parent.parent / "templates"
BUILT = Path(__file__).parent.parent / "static" / "built"
NAVIGATION = (
    ("/accounts", "Accounts"),
    ("/history", "History"),
    ("/report", "Report"),
    ("/try", "Try"),
    ("/devices", "Devices"),
    ("/rules", "Rules"),
    ("/privacy", "Privacy"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page works with: the parts, the person, and the one `now` of the request."""

    request: Request
    parts: Parts
    person_id: str
    now: datetime

    def has_built(self, name: str) -> bool:
        """Whether the extension's build has left this script to be served."""
        return (BUILT / name).is_file()

    def page(self, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        return page(self.request, template, status=status, now=self.now, **shown)


def desk(request: Request, parts: TheParts, who: InBrowser) -> Desk:
    """The desk of a signed-in browser. Raises NotSignedIn."""
    return Desk(request, parts, who.person_id, parts.clock())


AtDesk = Annotated[Desk, Depends(desk)]


def page(request: Request, template: str, *, status: int = 200, signed_in: bool = True, **shown: Any) -> HTMLResponse:
    """A whole page. `shown` is what the template names; a name it lacks is an error, not a gap."""
    parts = parts_of(request)
    path = request.url.path
    here = {"path": path, "signed_in": signed_in, "navigation": NAVIGATION, "zone": parts.zone, "sample": parts.sample}
    here |= {"read_only": parts.sealer.why_blind, "hosted": parts.settings.hosted}
    return HTMLResponse(environment().get_template(template).render(here | shown), status)


def environment() -> Environment:
    return _ENVIRONMENT


def _built() -> Environment:
    built = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    built.filters |= {
        "day": words.day,
        "full_day": words.full_day,
        "moment": _in_zone(words.moment),
        "ago": _ago,
        "soon": _soon,
        "count": count,
        "local_input": _local_input,
        "days_left": _days_left,
        "until_day": _until_day,
    }
    built.globals |= {"what_of": words.what_of, "subject_of": words.subject_of, "words": words}
    return built


def count(number: int, noun: str) -> str:
    """1 mailbox, 2 mailboxes, 1,204 messages"""
    plural = f"{noun}es" if noun.endswith(("x", "s")) else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _in_zone(told: Callable[[datetime, str], str]) -> Callable[[Context, datetime], str]:
    @pass_context
    def in_zone(context: Context, at: datetime) -> str:
        return told(at, context["zone"])

    return in_zone


@pass_context
def _ago(context: Context, at: datetime | None) -> str:
    return words.ago(at, context["now"], context["zone"])


@pass_context
def _soon(context: Context, of: date) -> str:
    return words.soon(of, context["now"].astimezone(ZoneInfo(context["zone"])).date())


@pass_context
def _days_left(context: Context, until: datetime) -> int:
    """Calendar days from today until an instant; 0 when it has passed."""
    place = ZoneInfo(context["zone"])
    left: int = (until.astimezone(place).date() - context["now"].astimezone(place).date()).days
    return max(0, left)


@pass_context
def _until_day(context: Context, until: datetime) -> str:
    """today, tomorrow, or: in 6 days, on Sat Nov 28"""
    day = until.astimezone(ZoneInfo(context["zone"])).date()
    left = _days_left(context, until)
    return f"in {left} days, on {words.day(day)}" if left > 1 else _soon(context, day)


@pass_context
def _local_input(context: Context, at: datetime) -> str:
    """The value of a datetime-local field, on the person's clock."""
    return words.local_input(at, context["zone"])


_ENVIRONMENT = _built()
