"""The sample mailboxes: who they belong to, and their mail, dated back from today."""

from datetime import UTC, date

from connectors.simulator.config import CONSUMER_TENANT
from connectors.simulator.mailbox import Alias, Mailbox
from connectors.simulator.sample_background import background
from connectors.simulator.sample_letters import Writer
from connectors.simulator.sample_scenes import Scene, scenes
from connectors.simulator.world import World

ANA_GMAIL = "ana@example.com"
ANA_OUTLOOK = "ana.berg@outlook.example"


def sample_mailboxes(seed: int) -> tuple[Mailbox, Mailbox]:
    """Ana's two empty mailboxes, with her aliases and the folders she made."""
    gmail = Mailbox("google", ANA_GMAIL, "Ana Berg", "108204268033311374519", seed)
    gmail.aliases = [Alias("ana.berg@alumni.example", "Ana Berg"), Alias("ana@old-studio.example", "", "pending")]
    outlook = Mailbox(
        "microsoft", ANA_OUTLOOK, "Ana Berg", "00000000-0000-0000-5b1c-6a3f0e9d2c47", seed, tenant=CONSUMER_TENANT
    )
    outlook.add_folder("jobsearch", "Job search", parent="inbox")
    outlook.add_folder("recruiters", "Recruiters", parent="jobsearch")
    return gmail, outlook


def load_sample(world: World, today: date) -> None:
    """Fills both mailboxes in the order in which the mail came."""
    boxes = sample_mailboxes(world.config.seed)
    world.mailboxes += boxes
    played = [*scenes(today), *background(today, world.config.seed)]
    writer = Writer({scene.key: scene for scene in played})
    for scene in sorted(played, key=lambda scene: (scene.at, scene.key)):
        raw = writer.write(scene)
        for box in boxes:
            _file(box, scene, raw, writer)


def _file(box: Mailbox, scene: Scene, raw: bytes, writer: Writer) -> None:
    """Into Sent where the sender is at home, into the Inbox where a recipient is."""
    about = writer.plot.get(scene.about)
    to = (about.sender,) if about and scene.form.endswith("report") else (*scene.to, *scene.cc, *scene.bcc)
    mine, arrives = box.own(scene.sender.address), any(box.own(person.address) for person in to)
    if not mine and not arrives:
        return
    folder = scene.folder or ("sentitems" if mine else "inbox")
    tags = ("INBOX",) if mine and arrives and box.provider == "google" else ()
    item = box.add(raw, scene.at.astimezone(UTC), folder, tags=tags, plays=scene.plays, name=scene.key)
    item.read = mine or item.serial % 7 > 0
