"""What kind of mail a received message is: headers first, words second, and a question to the person above both."""

import re

from app.reading.facts import Kind
from app.reading.lexicons import senders
from app.reading.people import is_automatic, is_role
from app.reading.received.absences import return_date
from app.reading.received.closure import Ending
from app.reading.received.letter import Letter
from app.reading.received.spans import Today
from app.reading.received.weighing import ABSENCE, FILED, HUMAN, RECEIPT, REFUSAL

_REPORT = "multipart/report"
_BOUNCERS = ("mailer-daemon@", "postmaster@", "mail-daemon@", "mailerdaemon@", "microsoftexchange")
_DELIVERY_REPORT = re.compile(r"\s*(?:reporting-mta|final-recipient|original-recipient)\s*:", re.IGNORECASE)
_METHODS = {
    "calendar_answer_subject": "REPLY",
    "calendar_request_subject": "REQUEST",
    "calendar_cancel_subject": "CANCEL",
}
_SURELY, _LIKELY, _HARDLY = 60, 30, -100
_AWAY, _SURELY_AWAY, _HARDLY_AWAY = 0, 70, -200
_BY_A_MACHINE, _SURELY_BY_A_MACHINE = -60, -200
_BRIEFLY, _WHATEVER_IT_ASKS, _SURELY_REFUSED = 200, 300, 100
"""Hundredths of log odds that a letter is a receipt, an absence, a human being's; `scripts/weigh-letters --check`
shows what lies above them."""
_OF_ABSENCE = frozenset({"absent", "away", "returns"})
_OF_A_DECISION = frozenset({"undecided", "not_yet"})
"""Who says that nothing is decided yet, and nothing of being away, answers a question."""
_ONCE_MORE = re.compile(r"\b(?:again|any ?more|stop)\b")
_BY_THUMB = re.compile(
    r"\b[Ss]ent from my (?:\w+ ){0,2}(?:i?[Pp]hone|i?[Pp]ad|mobile|Galaxy|BlackBerry|Android|tablet)\b"
)
_BY_NAME = re.compile(
    r"\s*(?:[Hh]i|[Hh]ello|[Hh]ey|[Hh]iya|[Dd]ear|[Mm]orning|[Gg]ood (?:morning|afternoon|evening|day)),? "
    r"(?!(?:All|Everyone|There|Sender|Sirs?|Madam|Colleagues?|Friends?|Candidates?|Applicants?|Team|Customer|Visitor"
    r"|Readers?|Ladies|Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Hiring|Students?|Parents?|Clients?|Guests?|Thanks?)\b)"
    r"[A-Z][a-z'-]{2,}(?: [A-Z][a-z'-]+)?\s*[,.!:;\n-]"
)
"""A letter that greets its reader by the first name, which no notice of absence can."""
_NAMED_LAST = re.compile(
    r"[.!?,\n]\s*(?!(?:Team|The|Best|Kind|Warm|Regards|Thanks?|Sincerely|Yours|Human|Recruit\w*|Talent|Office|Hiring|Cheers"
    r"|Department|Admissions|Personnel|People|Resourc\w+|Your|Our|Many|With|Good|See)\b)[A-Z][a-z'-]{2,}"
    r"(?: [A-Z][a-z'-]+)?(?:,\s*[A-Z][\w& '-]{1,30})?\s*$"
)
"""A first name, perhaps with the name of the house or of the office, as the last of a letter."""
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i'll|i've|we|we're|my|our|ich|wir|mein\w*|unser\w*|estoy|estamos|mi)\b")
_ASKED_BY_A_PERSON = frozenset(
    {"availability", "time_slots", "document", "references", "salary", "notice_period", "portfolio"}
    | {"interview", "call", "offer", "start_date"}
)


def calendar_method(letter: Letter) -> str | None:
    """REQUEST, REPLY, CANCEL or COUNTER of a meeting message; None for ordinary mail."""
    if letter.message.calendar_method:
        return letter.message.calendar_method.upper()
    content = letter.header("content-type")
    if "text/calendar" in content:
        found = re.search(r"method=\"?(\w+)", content)
        return found[1].upper() if found else "REQUEST"
    if letter.header("content-class").endswith("calendarmessage"):
        return "REQUEST"
    return next((method for family, method in _METHODS.items() if _titled(letter, family)), None)


def _titled(letter: Letter, family: str) -> bool:
    """A subject like a calendar's own, on a message with little else to say."""
    if family not in letter.subject_kinds:
        return False
    return family != "calendar_answer_subject" or len(letter.lines) <= 8


def is_bounce(letter: Letter) -> bool:
    """A delivery report, by its type, its sender or its subject together with its words."""
    content = letter.header("content-type")
    if letter.header("x-failed-recipients") or (_REPORT in content and "delivery-status" in content):
        return True
    if any(_DELIVERY_REPORT.match(report) for report in letter.message.reports):
        return True
    worded = not letter.kinds.isdisjoint({"bounce", "delayed"})
    if letter.sender.startswith(_BOUNCERS):
        return worded or "bounce_subject" in letter.subject_kinds
    return "bounce_subject" in letter.subject_kinds and worded and "reply_subject" not in letter.subject_kinds


def is_read_receipt(letter: Letter) -> bool:
    """A disposition report: somebody's program says that the mail was opened."""
    if "disposition-notification" in letter.header("content-type"):
        return True
    worded = "read_body" in letter.kinds
    return worded or ("read_subject" in letter.subject_kinds and len(letter.lines) <= 3)


def kind_of(letter: Letter, asks: tuple[str, ...], ending: Ending, *, meets: bool, today: Today) -> Kind:
    """The kind; `asks`, `ending` and `meets` are what was read of its words, `today` is the day it was written."""
    if calendar_method(letter):
        return Kind.CALENDAR
    if is_bounce(letter):
        return Kind.BOUNCE
    if is_read_receipt(letter):
        return Kind.AUTO_REPLY
    is_sure = "stage_applied" in letter.kinds or letter.odds(REFUSAL) > _SURELY_REFUSED
    if ending.closes and (is_sure or not (_is_bulk(letter) or _titled_as_absence(letter))):
        return Kind.REJECTION
    if _answers_by_itself(letter):
        return _weighed(letter, _automatic_kind(letter, today))
    if _is_away(letter):
        return Kind.OOO
    return _weighed(letter, _bulk_or_human(letter, asks, meets=meets))


def _titled_as_absence(letter: Letter) -> bool:
    """A person's mailbox answers under a subject of absence notices: what cannot be had is the person."""
    return not letter.subject_kinds.isdisjoint({"ooo_subject", "auto_subject"}) and not is_role(letter.sender)


def _weighed(letter: Letter, kind: Kind) -> Kind:
    """Whether automatic mail in English confirms an application is told by its words, in doubt as it was found."""
    if kind is Kind.ATS_RECEIPT and letter.odds(FILED) < 0:
        return Kind.AUTO_REPLY
    if kind is Kind.AUTO_REPLY and letter.odds(FILED) > _SURELY and is_role(letter.sender):
        return Kind.ATS_RECEIPT
    return kind


def is_sent_by_machine(letter: Letter) -> bool:
    """What RFC 3834 and its forerunners mark; `X-Auto-Response-Suppress` alone proves nothing."""
    if letter.header("auto-submitted").split(";")[0].strip() not in ("", "no"):
        return True
    if _is_marked(letter):
        return True
    if letter.header("precedence") in ("auto_reply", "auto-reply"):
        return True
    suppressed = "all" in letter.header("x-auto-response-suppress")
    return suppressed and bool(letter.header("x-ms-exchange-inbox-rules-loop"))


def _is_marked(letter: Letter) -> bool:
    return any(letter.header(name) for name in ("x-autoreply", "x-autorespond", "x-autogenerated"))


def _answers_by_itself(letter: Letter) -> bool:
    """An automatic answer, by its headers or a subject that only programs write."""
    if "reply_subject" in letter.subject_kinds and letter.subject_kinds.isdisjoint({"ooo_subject", "auto_subject"}):
        return letter.header("auto-submitted").startswith("auto-replied") or _is_marked(letter)
    if "reply_subject" in letter.subject_kinds and any(line.sentence.asks for line in letter.lines):
        return is_sent_by_machine(letter)
    return is_sent_by_machine(letter) or "auto_subject" in letter.subject_kinds or "ooo_subject" in letter.subject_kinds


def _automatic_kind(letter: Letter, today: Today) -> Kind:
    spoken = letter.kinds | letter.subject_kinds
    away, received = letter.odds(ABSENCE), letter.odds(RECEIPT)
    enough = (_LIKELY if letter.is_english else _HARDLY) if "receipt" in spoken else _SURELY
    if "absent" not in letter.kinds and received > enough and received >= away:
        return Kind.ATS_RECEIPT
    if "gone" in letter.kinds:
        return Kind.AUTO_REPLY
    if away > _AWAY or not spoken.isdisjoint({"absent", "ooo_subject"}):
        return Kind.OOO
    if _speaks_of_own_absence(letter, today):
        return Kind.OOO
    return Kind.LIST if "bulk" in spoken and "machine" not in letter.kinds else Kind.AUTO_REPLY


def _speaks_of_own_absence(letter: Letter, today: Today) -> bool:
    """Back on a day that is named, which no office is; or, unweighed, away in the first person, with no "if" about it.

    So is whoever answers by a program and names a day of return, where the words weigh little against it.
    """
    if not is_role(letter.sender) and letter.odds(ABSENCE) > _HARDLY_AWAY and return_date(letter, today) is not None:
        return True
    if letter.is_english:
        return False
    away = [line for line in letter.with_kind("away", "returns") if "hypothetical" not in line.kinds]
    if any("away" in line.kinds and _FIRST_PERSON.search(line.folded) for line in away):
        return True
    return bool(away) and return_date(letter, today) is not None


def _is_away(letter: Letter) -> bool:
    """An absence notice without any header: its words weigh like one, or nearly every sentence speaks of absence."""
    is_over = "absence_over" in letter.kinds and "absence_ahead" not in letter.kinds
    if is_over or "others_away" in letter.kinds or any(line.sentence.asks for line in letter.lines):
        return False
    if _BY_NAME.match(letter.new) or _BY_THUMB.search(letter.new):
        return False
    answers = not letter.kinds.isdisjoint(_OF_A_DECISION) and letter.kinds.isdisjoint(_OF_ABSENCE)
    if (
        not answers
        and letter.odds(HUMAN) < 0
        and letter.odds(ABSENCE) > (_BRIEFLY if letter.is_brief else _SURELY_AWAY)
    ):
        return True
    if len(letter.lines) > 9 or "absent" not in letter.kinds:
        return False
    speaking = [line for line in letter.lines if len(line.folded.split()) > 4]
    about = [line for line in speaking if not line.kinds.isdisjoint({"absent", "away", "points_to", "returns"})]
    matter = {"stage_interview", "stage_offer", "stage_applied", "meets", "receipt", "ask_availability"}
    return len(about) >= max(1, len(speaking) - 1) and letter.kinds.isdisjoint(matter) and _is_impersonal(letter)


def _is_impersonal(letter: Letter) -> bool:
    return "impersonal" in letter.kinds or len(letter.lines) <= 4


def _bulk_or_human(letter: Letter, asks: tuple[str, ...], *, meets: bool) -> Kind:
    wanted = meets or not _ASKED_BY_A_PERSON.isdisjoint(asks) or _asks_to_stop(letter)
    if _is_bulk(letter):
        personal = wanted and "bulk" not in letter.kinds and not letter.header("list-id")
        return Kind.REPLY if personal else (Kind.ATS_RECEIPT if _receives(letter) else Kind.LIST)
    unread = is_automatic(letter.sender) and not _personal_reply_to(letter)
    by_office = _is_unmanned(letter) or _is_of_an_office(letter)
    is_little = letter.is_brief or (len(letter.lines) == 1 and not by_office)
    signed = _is_signed(letter)
    by_hand = is_little or signed or _asks_to_stop(letter)
    if not by_hand and letter.odds(RECEIPT) - letter.odds(HUMAN) > _WHATEVER_IT_ASKS:
        return Kind.ATS_RECEIPT
    if _receives(letter) and (_is_unmanned(letter) or _is_template(letter)):
        return Kind.REPLY if (wanted or (asks and _is_asked_by_a_person(letter))) and not unread else Kind.ATS_RECEIPT
    by_machine = letter.odds(HUMAN) < (0 if by_office else _BY_A_MACHINE) and not (wanted or is_little or signed)
    by_machine = by_machine and (by_office or not _is_personal(letter))
    if by_machine and letter.odds(RECEIPT) > (_LIKELY if by_office else _SURELY):
        return Kind.ATS_RECEIPT
    if by_machine and letter.odds(HUMAN) < (_BY_A_MACHINE if by_office else _SURELY_BY_A_MACHINE):
        return Kind.ATS_RECEIPT if letter.odds(RECEIPT) > _LIKELY else Kind.AUTO_REPLY
    if not unread and (signed or "machine" not in letter.kinds):
        return Kind.REPLY
    if wanted or any(line.sentence.asks and "not_ask" not in line.kinds for line in letter.lines):
        return Kind.REPLY
    return Kind.ATS_RECEIPT if "stage_applied" in letter.kinds else Kind.AUTO_REPLY


def _is_unmanned(letter: Letter) -> bool:
    """From no person's mailbox, by the address."""
    return is_role(letter.sender) or _by_hiring_system(letter)


def _is_asked_by_a_person(letter: Letter) -> bool:
    """Whether what a confirmation asks weighs like a person's question."""
    return letter.odds(RECEIPT) < _HARDLY or letter.odds(HUMAN) - letter.odds(RECEIPT) > _BRIEFLY


def _asks_to_stop(letter: Letter) -> bool:
    """ "Do not write again": said to one who has written too often, which no program knows."""
    asking = (line for line in letter.with_kind("no_contact_all") if "not_no_contact" not in line.kinds)
    return any(_ONCE_MORE.search(line.folded) for line in asking)


def _is_signed(letter: Letter) -> bool:
    """Whether it ends with the name of whose mailbox it comes from, or greets by one name and ends with another."""
    if "reply_subject" in letter.subject_kinds and _BY_NAME.match(letter.new) and _NAMED_LAST.search(letter.new):
        return True
    names = set(re.findall(r"[a-z]{2,}", letter.sender.partition("@")[0])) - senders("office_words")
    last = letter.lines[-1].folded.split() if letter.lines else []
    return len(last) <= 3 and not names.isdisjoint(re.findall(r"[a-z]{2,}", " ".join(last)))


def _is_personal(letter: Letter) -> bool:
    """Whether it calls its reader by name in the text, or was written on a telephone."""
    said = {word for line in letter.lines for word in re.findall(r"[a-z]+", line.folded)}
    names = {re.split(r"[._\d+-]", person.address.partition("@")[0])[0] for person in letter.message.to}
    return any(len(name) > 2 and name in said for name in names) or bool(_BY_THUMB.search(letter.new))


def _is_of_an_office(letter: Letter) -> bool:
    """Whether it is written under the name of a function ("HR Services", "Boatyard Office")."""
    name = letter.message.sender.name if letter.message.sender else ""
    return not senders("office_words").isdisjoint(re.findall(r"[a-z]+", name.lower()))


def _receives(letter: Letter) -> bool:
    return "receipt" in letter.kinds or "receipt" in letter.subject_kinds


def _is_template(letter: Letter) -> bool:
    """Words of a receipt in several sentences, and no sign of one person writing to another."""
    if "machine" in letter.kinds:
        return True
    hits = sum("receipt" in line.kinds for line in letter.lines) + ("receipt" in letter.subject_kinds)
    first_person = any(re.search(r"\b(?:i|i'm|i'll|i've|my|ich|mir)\b", line.folded) for line in letter.lines)
    return hits >= 2 and not first_person


def _is_bulk(letter: Letter) -> bool:
    listed = letter.header("list-unsubscribe") or letter.header("precedence") in ("bulk", "list")
    domain = letter.sender.rpartition("@")[2]
    sold = _within(domain, senders("bulk_domains")) and is_role(letter.sender)
    worded = sum("bulk" in line.kinds for line in letter.lines) + ("bulk" in letter.subject_kinds)
    return (bool(listed) and worded > 0) or bool(letter.header("list-id")) or worded >= 2 or (sold and worded > 0)


def _by_hiring_system(letter: Letter) -> bool:
    return _within(letter.sender.rpartition("@")[2], senders("ats_domains") | senders("bulk_domains"))


def _within(domain: str, listed: frozenset[str]) -> bool:
    parts = domain.split(".")
    return any(".".join(parts[start:]) in listed for start in range(len(parts)))


def _personal_reply_to(letter: Letter) -> bool:
    return any(not is_role(address.address) for address in letter.message.reply_to)
