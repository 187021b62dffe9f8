"""Runs every story of cases/*.toml: what happened, what is about to go out, and what must be said or left unsaid.

`history` holds `out`, `in`, `notice` and `hint` entries; `flags` name signals that are true. `finds` gives rules and
the level each must reach on its own, `silent` the rules that must not speak; `level`, `next` and the rest are about
the whole verdict. A draft is read English text unless it is marked `unread`.
"""

import tomllib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.cadence.cadence import measure, next_good_date
from app.cadence.calling import may_i_call
from app.cadence.judge import judge
from app.cadence.rules.book import RULES
from app.cadence.rules.case import Case
from app.cadence.rules.exemptions import EXEMPTIONS
from app.cadence.state import state_of
from app.cadence.thread import Channel, Draft, Notice, NoticeKind, Promise, Reply, Signals, Stage, Thread, Touch
from app.cadence.verdict import Verdict

RULE_IDS = frozenset(rule.id for rule in RULES)
Story = dict[str, Any]


def stories() -> list[Any]:
    files = sorted((Path(__file__).parent / "cases").glob("*.toml"))
    told = [(file.stem, story) for file in files for story in tomllib.loads(file.read_text())["case"]]
    return [pytest.param(story, id=f"{family}: {story['name']}") for family, story in told]


STORIES = stories()


def utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def signals_of(entry: Story) -> Signals:
    flags: dict[str, Any] = dict.fromkeys(entry.get("flags", ()), True)
    score = entry.get("value", 0.0)
    return Signals(
        language=entry.get("language", "en"),
        words=entry.get("words", 30),
        value=tuple(entry.get("kinds", ("work_sample",) if score else ())),
        value_score=score,
        answers=tuple(entry.get("answers", ())),
        signature=tuple(entry.get("signature", ())),
        **flags,
    )


def touch_of(entry: Story, key: str) -> Touch:
    return Touch(
        key,
        utc(entry["out"]),
        Channel(entry.get("channel", "email")),
        tuple(entry.get("to", ("dana@acme.example",))),
        signals_of(entry),
        delivered=not entry.get("bounced", False),
        spoke=entry.get("spoke", False),
        stage=Stage(entry["stage"]) if "stage" in entry else None,
    )


def reply_of(entry: Story, key: str) -> Reply:
    facts = {name: entry[name] for name in entry.keys() - {"in", "channel", "promise", "asks", "names", "cue"}}
    return Reply(
        key,
        utc(entry["in"]),
        Channel(entry.get("channel", "email")),
        promise=promise_of(entry),
        asks=tuple(entry.get("asks", ())),
        names=tuple(entry.get("names", ())),
        cue=Stage(entry["cue"]) if "cue" in entry else None,
        **facts,
    )


def promise_of(entry: Story) -> Promise | None:
    said = entry.get("promise")
    return (
        Promise(said.get("start"), said.get("end"), said.get("quote", ""), said.get("invites", False)) if said else None
    )


def notice_of(entry: Story, key: str) -> Notice:
    facts = {name: entry[name] for name in ("until", "address", "reason", "no_contact") if name in entry}
    names, promise = tuple(entry.get("names", ())), promise_of(entry)
    return Notice(key, utc(entry["at"]), NoticeKind(entry["notice"]), names=names, promise=promise, **facts)


def thread_of(story: Story) -> Thread:
    keyed = [(entry, str(index)) for index, entry in enumerate(story.get("history", ()))]
    return Thread(
        "dana@acme.example",
        tuple(touch_of(entry, key) for entry, key in keyed if "out" in entry),
        tuple(reply_of(entry, key) for entry, key in keyed if "in" in entry),
        tuple(notice_of(entry, key) for entry, key in keyed if "notice" in entry),
        stage=Stage(story["stage"]) if "stage" in story else None,
        cues=tuple((utc(cue["at"]), Stage(cue["stage"])) for cue in story.get("cues", ())),
        industry=story.get("industry"),
        job_contact=story.get("job_contact", True),
        hints=tuple(Reply(key, utc(entry["hint"]), sender=entry["sender"]) for entry, key in keyed if "hint" in entry),
    )


def draft_of(story: Story) -> Draft:
    draft = story.get("draft", {})
    signals = None if draft.get("unread") else signals_of(draft)
    to = tuple(draft.get("to", ("dana@acme.example",)))
    return Draft(Channel(draft.get("channel", "email")), to, signals, draft.get("in_reply", False))


def place_of(story: Story) -> dict[str, Any]:
    return {"zone": story.get("zone", "UTC"), "country": story.get("country")}


def verdict_of(story: Story, switched_off: frozenset[str] = frozenset()) -> Verdict:
    nearby = tuple(touch_of(entry, f"near-{index}") for index, entry in enumerate(story.get("nearby", ())))
    return judge(
        thread_of(story),
        draft_of(story),
        utc(story["now"]),
        switched_off=switched_off,
        nearby=nearby,
        **place_of(story),
    )


def level_of_one(story: Story, rule: str) -> str:
    """What one rule says when all others are switched off."""
    return verdict_of(story, RULE_IDS - {rule}).level.value


@pytest.mark.parametrize("story", STORIES)
def test_the_story_is_judged_as_told(story: Story) -> None:
    verdict = verdict_of(story)
    told = {
        "level": verdict.level.value,
        "headline": verdict.headline,
        "next": verdict.next_good_date,
        "stage": verdict.stage and verdict.stage.value,
        "reason": verdict.reason,
        "tells": [warning.rule for warning in verdict.warnings],
        "first": verdict.warnings[0].rule if verdict.warnings else "",
        "evidence": list(verdict.warnings[0].evidence) if verdict.warnings else [],
        "no_next": verdict.next_good_date is None,
    }
    expected = {name: story[name] for name in told.keys() & story.keys()}
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize("story", [each for each in STORIES if {"finds", "silent"} & each.values[0].keys()])
def test_each_rule_speaks_or_keeps_silent_as_told(story: Story) -> None:
    expected = dict(story.get("finds", {})) | dict.fromkeys(story.get("silent", ()), "clear")
    assert {rule: level_of_one(story, rule) for rule in expected} == expected


@pytest.mark.parametrize("story", [each for each in STORIES if "counts" in each.values[0]])
def test_banner_and_history_count_as_told(story: Story) -> None:
    cadence = measure(thread_of(story), utc(story["now"]), **place_of(story))
    assert cadence.unanswered == story["counts"]


@pytest.mark.parametrize("story", [each for each in STORIES if "state" in each.values[0]])
def test_the_history_tells_the_state(story: Story) -> None:
    state = state_of(thread_of(story), utc(story["now"]), **place_of(story))
    told = {"name": state.name.value, "next": state.next_good_date, "words": state.words, "closure": state.closure}
    expected = story["state"]
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize("story", [each for each in STORIES if "date" in each.values[0]])
def test_the_next_good_date_is_found(story: Story) -> None:
    cadence = measure(thread_of(story), utc(story["now"]), **place_of(story))
    assert next_good_date(cadence, draft_of(story).channel) == story["date"]


@pytest.mark.parametrize("story", [each for each in STORIES if "call" in each.values[0]])
def test_may_i_call_answers_as_told(story: Story) -> None:
    advice = may_i_call(thread_of(story), utc(story["now"]), **place_of(story))
    told = asdict(advice) | {"reasons": list(advice.reasons), "until": advice.until and utc(advice.until)}
    expected = story["call"]
    assert {name: told[name] for name in expected} == expected
    assert len(advice.reasons) <= 2


def test_every_rule_has_stories_where_it_speaks_and_where_it_must_not() -> None:
    plain = [each.values[0] for each in STORIES]
    assert {rule for story in plain for rule in story.get("finds", {})} == RULE_IDS
    assert {rule for story in plain for rule in story.get("silent", ())} == RULE_IDS


@pytest.mark.parametrize("story", [each for each in STORIES if "exemption" in each.values[0]])
def test_the_exemption_is_the_one_told(story: Story) -> None:
    cadence = measure(thread_of(story), utc(story["now"]), **place_of(story))
    case = Case(cadence, draft_of(story), None)
    assert next((each.__name__ for each in EXEMPTIONS if each(case)), "none") == story["exemption"]


def test_every_rule_reaches_each_of_its_levels_in_some_story() -> None:
    reached = {pair for each in STORIES for pair in each.values[0].get("finds", {}).items()}
    assert {(rule.id, level.value) for rule in RULES for level in rule.levels} - reached == set()


def test_every_exemption_and_the_lack_of_one_are_told_in_some_story() -> None:
    told = {each.values[0].get("exemption") for each in STORIES} - {None}
    assert told == {each.__name__ for each in EXEMPTIONS} | {"none"}
