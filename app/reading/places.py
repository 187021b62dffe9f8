"""Where a recipient is, as far as mail shows it, and the person by their time zone: for the holidays they keep."""

from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from app.cadence.workdays import knows_country
from app.reading.lexicons import senders

_HOUR = timedelta(hours=1)
_UNLIKE_ISO = {"uk": "GB"}  # ISO 3166 keeps UK for GB
_LONDON = ZoneInfo("Europe/London")
_NORTH_AMERICA = (-10 * _HOUR, -4 * _HOUR)
_ELSEWHERE = {
    5.5 * _HOUR: "IN",
    **dict.fromkeys((9.5 * _HOUR, 10 * _HOUR, 10.5 * _HOUR, 11 * _HOUR), "AU"),
    **dict.fromkeys((12 * _HOUR, 13 * _HOUR), "NZ"),
}


def country_of(address: str) -> str | None:
    """The ISO 3166 code of the country an address ends in; None for endings that are sold all over the world."""
    ending = address.rpartition(".")[2].lower()
    return _country_of_ending(ending) if len(ending) == 2 else None


def country_at(now: datetime) -> str | None:
    """Where most people live who write English at the hours of `now`, which is aware; None where several countries do.

    Britain's hours are those of London on that day, summer time and all. A guess for mail that says nothing else: it
    moves a date by a day at most.
    """
    offset = now.utcoffset() or timedelta(0)
    first, last = _NORTH_AMERICA
    if first <= offset <= last:
        return "US"
    return "GB" if offset == now.astimezone(_LONDON).utcoffset() else _ELSEWHERE.get(offset)


def country_in(zone: str) -> str | None:
    """The country of an IANA time zone, by the table that comes with the zones; None for zones of no country."""
    return _countries_of_zones().get(zone)


@cache
def _countries_of_zones() -> dict[str, str]:
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {zone: country for country, _, zone, *_ in rows}


@cache
def _country_of_ending(ending: str) -> str | None:
    code = _UNLIKE_ISO.get(ending, ending.upper())
    return code if ending not in senders("endings_of_no_country") and knows_country(code) else None
