"""The sample mailboxes: who they belong to, and their mail, dated back from today."""

from dataclasses import dataclass
from datetime import UTC, date
from functools import lru_cache

from connectors.simulator.config import CONSUMER_TENANT
from connectors.simulator.letter import Letter
from connectors.simulator.mailbox import Alias, Mailbox
from connectors.simulator.sample_background import background
from connectors.simulator.sample_letters import Writer
from connectors.simulator.sample_scenes import Person, Scene, scenes
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


@dataclass(frozen=True, slots=True)
class Post:
    """A written letter on its way: from whom, to whom, and the scene it belongs to."""

    scene: Scene
    letter: Letter
    to: tuple[Person, ...]


@lru_cache(maxsize=4)
def posts(today: date, seed: int) -> tuple[Post, ...]:
    """All mail of the sample, oldest first; written once per process, as letters never change."""
    played = [*scenes(today), *background(today, seed)]
    writer = Writer({scene.key: scene for scene in played})
    ordered = sorted(played, key=lambda scene: (scene.at, scene.key))
    return tuple(Post(scene, Letter(writer.write(scene)), _recipients(scene, writer)) for scene in ordered)


def _recipients(scene: Scene, writer: Writer) -> tuple[Person, ...]:
    """A report goes to whoever wrote what it is about."""
    if scene.form.endswith("report"):
        return (writer.plot[scene.about].sender,)
    return (*scene.to, *scene.cc, *scene.bcc)


def load_sample(world: World, today: date) -> None:
    """Fills both mailboxes in the order in which the mail came."""
    boxes = sample_mailboxes(world.config.seed)
    world.mailboxes += boxes
    for post in posts(today, world.config.seed):
        for box in boxes:
            _file(box, post)


def _file(box: Mailbox, post: Post) -> None:
    """Into Sent where the sender is at home, into the Inbox where a recipient is."""
    scene = post.scene
    mine, arrives = box.own(scene.sender.address), any(box.own(person.address) for person in post.to)
    if not mine and not arrives:
        return
    folder = scene.folder or ("sentitems" if mine else "inbox")
    tags = ("INBOX",) if mine and arrives and box.provider == "google" else ()
    at = scene.at.astimezone(UTC)
    item = box.add(post.letter, at, folder, tags=tags, plays=scene.plays, name=scene.key)
    item.read = mine or item.serial % 7 > 0
