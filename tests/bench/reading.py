"""Reading: speed beside the public libraries in the same run, and the figures of both labelled halves."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime

from dateparser.search import search_dates
from mailparser_reply import EmailReplyParser
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from app.reading.inbound import read_inbound
from app.reading.outbound import read_draft
from connectors.message import Address, Message
from tests.bench.figure import Figure, interleaved, seconds
from tests.bench.labelled import labelled

DRAFT = (
    "Hi Dana,\n\nI hope your week is going well. I am following up on my application for the Product Designer role "
    "and wondering whether there is any news. Since we spoke I finished the case study on checkout flows; the link is "
    "below, with the three numbers you asked about. I could also come by on Tuesday afternoon or Thursday at 10:00.\n\n"
) * 5
REPLY = (
    "Hi Ana,\n\nthanks for your patience. The team is still interviewing; we will get back to you by Friday next week. "
    "Could you send two references until then?\n\nBest regards,\nRita Long\nAcme Ltd\n\n"
    "On Mon, Nov 16, 2026 at 9:15 AM Ana <ana@example.com> wrote:\n"
    + "> I wanted to ask whether there is any news on my application for the design role.\n"
    * 12
)
SENTENCES = ("sentences", "If you are not selected we will get back to you by Friday or Monday.\n\n" * 900)
SENT = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    yield from _speed()
    yield from labelled()


def _speed() -> Iterator[Figure]:
    warnings.simplefilter("ignore")
    vader = SentimentIntensityAnalyzer()
    draft = DRAFT[:2000]
    ours, theirs = interleaved(
        lambda: read_draft("email", "Re: Application", draft), lambda: vader.polarity_scores(draft), times=20
    )
    yield Figure.at_most("reading a 2,000-character draft / vaderSentiment", ours / theirs, "ratio", 0.25)
    yield Figure("reading a 2,000-character draft", ours * 1e6, "microseconds")
    message = Message("m", "t", SENT, Address("rita@acme.example", "Rita Long"), subject="Re: Role", text=REPLY)
    parser = EmailReplyParser(languages=["en"])
    ours, cut, dates = interleaved(
        lambda: read_inbound(message),
        lambda: parser.parse_reply(REPLY),
        lambda: search_dates(REPLY[:600], languages=["en"]),
        times=20,
    )
    yield Figure.at_most("one inbound mail / mail-parser-reply + dateparser", ours / (cut + dates), "ratio", 0.1)
    for name, text in (("On ", "On " * 21_845), ("quotes", "> " * 32_768), ("letters", "a" * 65_536), SENTENCES):
        hostile = Message("m", "t", SENT, Address("rita@acme.example"), text=text)
        took = seconds(lambda hostile=hostile: read_inbound(hostile), times=1, rounds=3)
        yield Figure.at_most(f"64 KB of {name!r}, inbound", took * 1e3, "milliseconds", 50)
        took = seconds(lambda text=text: read_draft("email", "", text), times=1, rounds=3)
        yield Figure.at_most(f"64 KB of {name!r}, draft", took * 1e3, "milliseconds", 50)
