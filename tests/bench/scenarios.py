"""How well labelled scenarios are judged: levels, accusations, silences, rules told and unsaid, next good dates."""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.reading.scenarios import judge_row
from tests.bench.figure import Figure

CASES = Path(__file__).parents[1] / "reading" / "cases"
SEVERITY = ("clear", "note", "caution", "hold", "stop")
MILD = frozenset({"clear", "note"})
SOURCES = {
    "build": (
        *("build", "others-build", "offices-build", "offices-second-build", "lives-build", "lives-second-build"),
        *("works-build", "paths-build", "paths-second-build", "rooms-build", "rooms-second-build"),
        *("quays-build", "quays-second-build", "mills-second-build", "vines-second-build"),
    ),
    "held": ("held", "coves-held", "lanes-held"),
}
"""The files of each half. Whoever changes the reader or the rules reads the first half; the second is only counted."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """A labelled scenario beside what was said of it. `heard` says that something came back from them."""

    name: str
    accept: frozenset[str]
    rules: tuple[str, ...]
    never: tuple[str, ...]
    next_range: tuple[str, str] | str | None
    heard: bool
    level: str
    told: frozenset[str]
    next_date: str | None

    @property
    def fits(self) -> bool:
        return self.level in self.accept

    @property
    def accused(self) -> bool:
        """Caution or more where it should be clear, or a note at most."""
        return self.accept <= MILD and self.level not in MILD

    @property
    def missed(self) -> bool:
        """Below caution where it should be hold or stop."""
        return self.accept <= {"hold", "stop"} and self.level in MILD

    @property
    def date_fits(self) -> bool:
        if self.next_range == "none":
            return self.next_date is None
        assert isinstance(self.next_range, tuple)
        first, last = self.next_range
        return self.next_date is not None and first <= self.next_date <= last


def labelled_rows(name: str) -> list[Row]:
    """The rows of `tests/reading/cases/<name>.toml`, none where there is no such file."""
    file = CASES / f"{name}.toml"
    return list(tomllib.loads(file.read_text(encoding="utf-8"))["cases"]) if file.exists() else []


def outcome_of(row: Row) -> Outcome:
    """The row judged. `next`, or `date` in older rows, holds the accepted range or "none"."""
    said = judge_row({"id": row["name"], "stage": None, **row})
    asked = row.get("next", row.get("date"))
    return Outcome(
        name=row["name"],
        accept=frozenset(row["accept"]),
        rules=tuple(row.get("rules", ())),
        never=tuple(row.get("never", ())),
        next_range=tuple(map(str, asked)) if isinstance(asked, list) else asked,
        heard=any(entry["direction"] == "in" for entry in row["history"]),
        level=said["level"],
        told=frozenset(warning["rule"] for warning in said["warnings"]),
        next_date=said["next_good_date"],
    )


def scenario_figures(half: str) -> Iterator[Figure]:
    """All rows of a half together, then each source apart."""
    seen = {name: [outcome_of(row) for row in labelled_rows(f"threads-{name}")] for name in SOURCES[half]}
    yield from figures_of(f"{half}, all", [outcome for outcomes in seen.values() for outcome in outcomes])
    for name, outcomes in seen.items():
        yield from figures_of(name, outcomes)


def figures_of(name: str, seen: list[Outcome]) -> Iterator[Figure]:
    """Totals of some outcomes, each against its bar; nothing tells which scenario they come from."""
    mild = [each for each in seen if each.accept <= MILD]
    severe = [each for each in seen if each.accept <= {"hold", "stop"}]
    required = [(rule, each) for each in seen for rule in each.rules]
    forbidden = [(rule, each) for each in seen for rule in each.never]
    dated = [each for each in seen if each.next_range is not None]
    yield Figure(f"{name}: labelled scenarios", len(seen), "threads")
    yield Figure(f"{name}: of them to stay quiet", len(mild), "threads")
    yield Figure.at_least(f"{name}: level within the accepted", _share(seen, lambda it: it.fits), "share", 0.90)
    accused = _share(mild, lambda it: it.accused)
    yield Figure.at_most(f"{name}: caution or more where it should be clear", accused, "share", 0.03)
    heard = sum(each.accused for each in mild if each.heard)
    yield Figure.at_most(f"{name}: the same where they wrote, are away or it bounced", heard, "threads", 0)
    yield Figure.at_most(f"{name}: hold or stop missed", _share(severe, lambda it: it.missed), "share", 0.05)
    told = _share(required, lambda pair: pair[0] in pair[1].told)
    yield Figure.at_least(f"{name}: required rule told", told, "share", 0.85)
    silent = _share(forbidden, lambda pair: pair[0] not in pair[1].told)
    yield Figure.at_least(f"{name}: forbidden rule silent", silent, "share", 0.97)
    if dated:
        in_range = _share(dated, lambda it: it.date_fits)
        yield Figure.at_least(f"{name}: next good date in range", in_range, "share", 0.90)


def _share(some: Iterable[Any], holds: Callable[[Any], bool]) -> float:
    judged = [holds(each) for each in some]
    return sum(judged) / max(1, len(judged))
