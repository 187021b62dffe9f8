"""What the extension costs: weight, CPU of a mail page with and without it, the time until its banner is painted."""

import gzip
import os
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.bench.figure import Figure
from tests.bench.mail_page import MailPage, browsers, tab
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

EXTENSION = Path(__file__).parents[2] / "extension"
LOOP = Path(__file__).parent / "peers" / "record_loop"
ROUNDS = 15
PAINTS = 20
GROW = """(count) => { const heap = document.createElement('div');
    heap.innerHTML = '<div class="row"><span>text</span><a title="t">more</a></div>'.repeat(count / 3);
    document.querySelector('[role=main]').append(heap); }"""
# What is added is not shown, so that the page's own drawing does not drown what is measured; the wait is as long as it
# takes until every look that the changes bring about is done.
CHANGES = """async ([apart]) => { const row = document.createElement('p'); row.hidden = true; document.body.append(row);
    for (let turn = 0; turn < 100; turn++) {
        for (let one = 0; one < 10; one++) row.append(document.createElement('i'));
        await (apart ? new Promise((done) => setTimeout(done, apart)) : null);
    }
    await new Promise((done) => setTimeout(done, 2200)); }"""
TIDY = "() => { document.body.lastElementChild.remove(); }"
TOUCH = """async (count) => { for (let turn = 0; turn < count; turn++) {
        document.querySelector('[role=dialog]').classList.toggle('touched');
        await new Promise((done) => setTimeout(done, 130));
    } }"""
LAST_KEY = "() => addEventListener('input', () => { window.lastKey = performance.now(); }, true)"
PAINTED = """([act, level]) => new Promise((done) => {
    const start = window.painting = performance.now();
    const shown = () => document.querySelector(`aftertouch-banner[data-level=${level}]`)?.offsetHeight > 0;
    const look = () => {
        if (!shown()) return false;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        return true;
    };
    const watch = new MutationObserver(look);
    watch.observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-level']});
    if (act) mail.chip(0, 'to', act);
    look(); })"""


# Opened is a compose when its editor is there: nothing has the focus, and somebody stands in it already.
OPENED = """() => new Promise((done) => {
    let start = null;
    const shown = () => document.querySelector('aftertouch-banner')?.offsetHeight > 0;
    const watch = new MutationObserver(() => {
        if (document.querySelector('[g_editable]')) start ??= performance.now();
        if (!shown()) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    });
    watch.observe(document, {childList: true, subtree: true, attributes: true});
    mail.open('docked', {to: 'dana@acme.example'}); })"""


def figures() -> Iterator[Figure]:
    for name in ("gmail.js", "outlook.js", "background.js"):
        yield Figure.at_most(f"{name}, gzip", _weight(name), "KB", 8)
    later = {"banner.js": "with the first compose", "reader.js": "with the first words", "shape.js": "where rungs fail"}
    for name, when in later.items():
        yield Figure(f"{name}, gzip, loaded {when}", _weight(name), "KB")
    with browsers(EXTENSION / "dist" / "chrome", LOOP) as ((bare, shipped, peer), _):
        yield from _idle(bare, shipped, peer)
    built = {**os.environ, "AFTERTOUCH_TEST": "1"}
    subprocess.run(["node", "build.mjs"], cwd=EXTENSION, env=built, check=True)
    with browsers(EXTENSION / "dist" / "chrome-test") as ((bare, fitted), backend):
        yield from _reading(bare, fitted)
        yield from _painting(fitted, backend)


def _weight(name: str) -> float:
    return len(gzip.compress((EXTENSION / "dist" / "chrome" / name).read_bytes(), 9)) / 1024


def _idle(bare: BrowserContext, fitted: BrowserContext, peer: BrowserContext) -> Iterator[Figure]:
    start = _extra([bare, fitted], lambda mail: mail.open(composes=""), metric="ScriptDuration", rounds=9)
    yield Figure.at_most("script CPU of a mail page's start", start, "ms", 2)
    pages = [_grown(browser, 6000, composes="") for browser in (bare, fitted, peer)]
    # The time of a hundred tasks of the page's own swings more than what is sought: there scripts alone are counted.
    for name, apart, metric in (("at once", 0, "TaskDuration"), ("over a second, scripts alone", 10, "ScriptDuration")):
        ours, loops = _extras(pages, CHANGES, [apart], after=TIDY, metric=metric)
        yield Figure.at_most(f"CPU per 1,000 mutations {name}, no compose", ours, "ms", 0.5).of_row(16, gate=1.0)
        beside = Figure(f"the same beside a loop over every record, {name}", ours, "ms")
        yield beside.beside("record loop", loops, "<= 0.3").of_row(16, gate=1.0)
    for mail in pages:
        mail.page.close()


def _reading(bare: BrowserContext, fitted: BrowserContext) -> Iterator[Figure]:
    """The banner's own drawing is kept out: nobody is written to."""
    looks = 10
    pages = [_grown(browser, 5000, composes="docked", decoys="1") for browser in (bare, fitted)]
    (extra,) = _extras(pages, TOUCH, looks)
    yield Figure.at_most("CPU per look at a compose among 5,000 nodes", extra / looks, "ms", 5)
    for mail in pages:
        mail.page.close()


def _painting(fitted: BrowserContext, backend: StubBackend) -> Iterator[Figure]:
    mail = tab(fitted)
    warm = [_paint(mail) for _ in range(PAINTS)]
    yield Figure.at_most("recipient committed to banner painted, p95", _p95(warm), "ms", 50)
    cold = [_paint(mail, stop_first=True) for _ in range(PAINTS)]
    yield Figure.at_most("recipient committed to banner painted, worker asleep, p95", _p95(cold), "ms", 100)
    opened = [_open(mail) for _ in range(PAINTS)]
    yield Figure.at_most("compose opened to banner painted, p95", _p95(opened), "ms", 50)
    slept = [_open(mail, stop_first=True) for _ in range(PAINTS)]
    yield Figure.at_most("compose opened to banner painted, worker asleep, p95", _p95(slept), "ms", 100)
    yield Figure.at_most("last key to verdict updated, p95", _p95([_type(mail, backend) for _ in range(10)]), "ms", 300)
    yield Figure.at_most("tasks over 50 ms", mail.long_tasks(), "", 0)
    mail.page.close()


def _type(mail: MailPage, backend: StubBackend) -> float:
    """From the last key of the first words of a draft, which also fetch the lexicon, to another level in the banner."""
    backend.clear()
    _paint(mail)
    backend.answers["POST /api/v1/advice"] = Told(json={**CAUTION, "level": "hold"})
    mail.page.evaluate(LAST_KEY)
    mail.page.keyboard.type("Just checking in again, any news?", delay=15)
    taken = float(mail.page.evaluate(PAINTED, [None, "hold"]))
    return taken + float(mail.page.evaluate("() => window.painting - window.lastKey"))


def _open(mail: MailPage, *, stop_first: bool = False) -> float:
    mail.open(composes="")
    mail.page.wait_for_timeout(300)
    if stop_first:
        mail.stop_worker()
    return float(mail.page.evaluate(OPENED))


def _paint(mail: MailPage, *, stop_first: bool = False) -> float:
    mail.open()
    mail.page.locator("[g_editable=true]").focus()
    mail.page.wait_for_timeout(300)
    if stop_first:
        mail.stop_worker()
    return float(mail.page.evaluate(PAINTED, ["dana@acme.example", "caution"]))


def _grown(browser: BrowserContext, nodes: int, **query: str) -> MailPage:
    mail = tab(browser)
    mail.open(**query)
    mail.page.evaluate(GROW, nodes)
    mail.page.wait_for_timeout(600)
    return mail


def _extra(browsers: list[BrowserContext], act: Callable[[MailPage], object], *, metric: str, rounds: int) -> float:
    """Median CPU of a fresh tab in the second browser above that in the first."""
    taken: list[list[float]] = [[], []]
    for _ in range(rounds):
        for browser, into in zip(browsers, taken, strict=True):
            mail = tab(browser)
            act(mail)
            into.append(mail.spent(metric))
            mail.page.close()
    return statistics.median(taken[1]) - statistics.median(taken[0])


def _extras(
    pages: list[MailPage], act: str, given: object, *, after: str = "() => {}", metric: str = "TaskDuration"
) -> list[float]:
    """Median CPU of `act` on each page above that on the first, the pages taken in turn; `after` is not counted."""
    taken: list[list[float]] = [[] for _ in pages]
    for _ in range(ROUNDS):
        for mail, into in zip(pages, taken, strict=True):
            before = mail.spent(metric)
            mail.page.evaluate(act, given)
            into.append(mail.spent(metric) - before)
            mail.page.evaluate(after)
    base, *others = map(statistics.median, taken)
    return [other - base for other in others]


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]
