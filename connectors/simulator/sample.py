"""The sample mailboxes: who they belong to, and their mail, dated back from today."""

from datetime import UTC, date, datetime, timedelta

from connectors.simulator.config import CONSUMER_TENANT
from connectors.simulator.mailbox import Alias, Mailbox
from connectors.simulator.mime import plain_letter
from connectors.simulator.world import World

ANA_GMAIL = "ana@example.com"
ANA_OUTLOOK = "ana.berg@outlook.example"


def sample_mailboxes(seed: int) -> tuple[Mailbox, Mailbox]:
    gmail = Mailbox("google", ANA_GMAIL, "Ana Berg", "108204268033311374519", seed)
    gmail.aliases = [Alias("ana.berg@alumni.example", "Ana Berg"), Alias("ana@old-studio.example", "", "pending")]
    outlook = Mailbox(
        "microsoft", ANA_OUTLOOK, "Ana Berg", "00000000-0000-0000-5b1c-6a3f0e9d2c47", seed, tenant=CONSUMER_TENANT
    )
    return gmail, outlook


def load_sample(world: World, today: date) -> None:
    gmail, outlook = sample_mailboxes(world.config.seed)
    world.mailboxes += [gmail, outlook]
    start = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    for days, subject in (
        (13, "Application: product designer"),
        (6, "Re: Application: product designer"),
        (3, "Re: Application: product designer"),
    ):
        at = start - timedelta(days=days)
        for box in (gmail, outlook):
            to = "dana@northwind.example"
            box.add(
                plain_letter(
                    (box.name, box.address),
                    [("Dana", to)],
                    subject,
                    "Hello Dana,\n\nplease find my application.\n\nAna",
                    at,
                ),
                at,
                "sentitems",
            )
