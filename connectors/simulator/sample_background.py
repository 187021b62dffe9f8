"""The ordinary mail around the job search: newsletters, job alerts, receipts, friends, and applications that wait."""

import random
from collections.abc import Iterator
from datetime import date, datetime

from connectors.simulator.sample_scenes import Person, Scene, moment, person, workday

DAYS = 90

LISTS = (
    ("Interface Weekly <letter@interface-weekly.example>", 7, "Interface Weekly #{n}: {topic}"),
    ("The Morning Kettle <hello@morning-kettle.example>", 5, "{topic}, and what it means for your Tuesday"),
    ("Museum of Signs <news@signs.example>", 14, "New in the museum: {topic}"),
)
TOPICS = (
    "grids that breathe",
    "the return of the serif",
    "colour for the colour-blind",
    "quiet notifications",
    "maps without north",
    "forms that forgive",
    "empty states",
    "letters on ships",
    "tickets and their holes",
    "the price of a border radius",
)
JOBS = ("Product Designer", "UX Designer", "Service Designer", "Design Lead", "Visual Designer", "UX Researcher")
SHOPS = ("Paper & Pen <orders@paper-and-pen.example>", "Regional Rail <tickets@rail.example>")
FRIENDS = (
    ("Thursday climbing?", "Are you in for Thursday?", "Yes! Half past six at the hall."),
    ("Photos from the lake", "Here are the photos from Sunday. The third one is you!", "Ha, thank you, keep it."),
    ("Book club", "Have you finished the book yet?", "Two chapters left, do not tell me."),
    ("Keys", "I still have your spare keys, shall I drop them off?", "Leave them with the neighbour, please."),
    ("Concert tickets", "Got two tickets for the concert on the ninth.", "Count me in!"),
    ("Recipe", "Could you send me the recipe for the plum cake?", "Equal parts flour, butter and courage."),
    ("Moving boxes", "Do you need the boxes back?", "No hurry, next month is fine."),
    ("Bike repair", "The shop on the corner fixed mine in a day.", "Great, I will bring mine there."),
)
COMPANIES = (
    ("Elmworks", "elmworks.example", "Hanna Vogt", 5),
    ("Gannet Maps", "gannet-maps.example", "Rob Calder", 9),
    ("Tidewater", "tidewater.example", "Lucia Ferri", 23),
    ("Orchard Bank", "orchard-bank.example", "Paul Grant", 34),
    ("Studio Mole", "studio-mole.example", "Zoe Mole", 48),
    ("Kestrel Air", "kestrel-air.example", "Marc Oduya", 52),
    ("Nettle Press", "nettle-press.example", "Jana Riedel", 66),
    ("Polar Tram", "polar-tram.example", "Eskil Noor", 78),
)
RECEIPT = (
    "receipt",
    "Thank you for applying to {company}",
    "Hello Ana,\n\nthank you for your application. We have received it and will review it carefully.\n\n"
    "This is an automated message from {company}; please do not reply.",
)
REFUSAL = (
    "rejection-no-reply",
    "Your application to {company}",
    "Dear Ana,\n\nthank you for your interest in {company}. Unfortunately, we have decided to move forward with "
    "other candidates.\n\nPlease do not reply to this message.",
)


def background(today: date, seed: int) -> list[Scene]:
    """The same seed and day give the same mail."""
    rng = random.Random(f"background:{seed}")
    return [*_lists(today, rng), *_alerts(today, rng), *_orders(today, rng), *_friends(today, rng), *_waiting(today)]


def _clock(rng: random.Random) -> str:
    return f"{rng.randrange(7, 22):02d}:{rng.randrange(60):02d}"


def _lists(today: date, rng: random.Random) -> Iterator[Scene]:
    for sender, every, subject in LISTS:
        for number, days in enumerate(range(DAYS, 0, -every)):
            topic = rng.choice(TOPICS)
            domain = person(sender).address.partition("@")[2]
            yield Scene(
                key=f"list-{domain}-{days}",
                at=moment(today, f"{days} 06:{rng.randrange(60):02d}"),
                sender=person(sender),
                to=(person("ana"),),
                subject=subject.format(n=120 + number, topic=topic),
                text=f"This time: {topic}.\n\nYou get this letter because you signed up.\n"
                f"Unsubscribe: https://{domain}/unsubscribe",
                style="none",
                plays=("newsletter",),
                headers={
                    "List-Unsubscribe": f"<https://{domain}/unsubscribe>",
                    "List-ID": f"<letter.{domain}>",
                    "Precedence": "bulk",
                },
            )


def _alerts(today: date, rng: random.Random) -> Iterator[Scene]:
    for days in range(DAYS - 1, 0, -2):
        job, count = rng.choice(JOBS), rng.randrange(2, 15)
        yield Scene(
            key=f"alert-{days}",
            at=moment(today, f"{days} 07:{rng.randrange(60):02d}"),
            sender=person("Careerboard Job Alerts <jobalerts-noreply@careerboard.example>"),
            to=(person("ana-outlook" if days % 3 == 0 else "ana"),),
            subject=f"{count} new jobs for {job} in Berlin",
            text=f"{count} new jobs match your alert for {job}.\n\nSee all: https://careerboard.example/jobs\n\n"
            "Stop these alerts: https://careerboard.example/alerts",
            style="none",
            plays=("job-alert",),
            headers={"List-Unsubscribe": "<https://careerboard.example/alerts>", "Precedence": "bulk"},
        )


def _orders(today: date, rng: random.Random) -> Iterator[Scene]:
    for days in range(DAYS - 3, 0, -9):
        number = rng.randrange(100000, 999999)
        yield Scene(
            key=f"order-{days}",
            at=moment(today, f"{days} {_clock(rng)}"),
            sender=person(rng.choice(SHOPS)),
            to=(person("ana"),),
            subject=f"Your order {number}",
            text=f"Thank you for your order {number}. It will reach you within three days.",
            style="none",
            plays=("private",),
            headers={"Auto-Submitted": "auto-generated"},
        )


def _friends(today: date, rng: random.Random) -> Iterator[Scene]:
    """Short exchanges with friends, spread over the time; Ana always has the last word."""
    for number, days in enumerate(range(DAYS - 2, 13, -6)):
        subject, ask, answer = FRIENDS[number % len(FRIENDS)]
        friend, me = person(rng.choice(("lena", "ben"))), person("ana")
        evening = f"{rng.randrange(60):02d}"
        first = f"friend-{days}"
        yield Scene(first, moment(today, f"{days} 18:{evening}"), friend, (me,), subject, ask, plays=("private",))
        yield Scene(
            f"{first}-answer",
            moment(today, f"{days} 20:{evening}"),
            me,
            (friend,),
            f"Re: {subject}",
            answer,
            answers=first,
            plays=("private",),
        )


def _waiting(today: date) -> Iterator[Scene]:
    """Applications sent once: a receipt by machine, and for the older ones a refusal."""
    for company, domain, name, days in COMPANIES:
        key, recruiter = domain.partition(".")[0], Person(name, f"{name.split()[0].lower()}@{domain}")
        machine = Person(f"{company} Careers", f"no-reply@jobs.{domain}")
        me = person("ana-outlook" if days % 2 == 0 else "ana")
        yield Scene(
            f"{key}-application",
            moment(today, f"{days} 10:10"),
            me,
            (recruiter,),
            f"Application as designer at {company}",
            f"Dear {name},\n\nI am applying for the designer position at {company}. My CV is attached.\n\nKind regards",
            attachment="Ana-Berg-CV.pdf",
            plays=("sent",),
        )
        yield _automatic(machine, me, moment(today, f"{days} 10:12"), RECEIPT, company)
        if days > 40:
            yield _automatic(machine, me, moment(today, f"{days - 18} 08:00"), REFUSAL, company)
        if days < 10:
            by = workday(today, 10)
            yield Scene(
                f"{key}-promise",
                moment(today, f"{days - 1} 12:30"),
                recruiter,
                (me,),
                f"Re: Application as designer at {company}",
                f"Dear Ana,\n\nthank you, your application has arrived. We will contact you by {by:%A, %B} {by.day}.",
                answers=f"{key}-application",
                plays=("reply-same-thread", "promise-pending"),
            )


def _automatic(machine: Person, me: Person, at: datetime, form: tuple[str, str, str], company: str) -> Scene:
    row, subject, text = form
    return Scene(
        f"{machine.address}-{row}",
        at,
        machine,
        (me,),
        subject.format(company=company),
        text.format(company=company),
        style="none",
        plays=(row,),
        headers={"Auto-Submitted": "auto-generated"},
    )
