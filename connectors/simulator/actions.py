"""Faults that change a mailbox at once: what is done to it when they are switched on."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from connectors.simulator.awkward import awkward_letter
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script
from connectors.simulator.machine_mail import MACHINES, Occasion, machine_letter
from connectors.simulator.mailbox import Item, Mailbox
from connectors.simulator.mime import head
from connectors.simulator.world import World

Options = Mapping[str, object]
Action = Callable[[World, Mailbox, Options], None]

STRANGER = "someone@strange.example"


def _huge_history(world: World, box: Mailbox, options: Options) -> None:
    box.history += 2**53


def _wide_history(world: World, box: Mailbox, options: Options) -> None:
    box.history_step = 1_000_000


def _teams_item(world: World, box: Mailbox, options: Options) -> None:
    """Marks the newest message as a chat item that leaked into the mailbox (docs/providers.md M20)."""
    newest = box.newest_first()[0]
    box.move(newest, "conversationhistory", newest.at)


def _merging(world: World, box: Mailbox, options: Options) -> None:
    box.merges_subjects = True


def _splitting(world: World, box: Mailbox, options: Options) -> None:
    for item in list(box.items.values()):
        box.rethread(item, f"{item.serial:016x}")


def _merged(world: World, box: Mailbox, options: Options) -> None:
    for item in list(box.items.values()):
        box.rethread(item, f"{1:016x}")


def _backlog(world: World, box: Mailbox, options: Options) -> None:
    """Half as many new messages as changes of the read mark, one after the other."""
    count, known = int(str(options.get("value", 1_000))), list(box.items.values())
    for number in range(count):
        if number % 3 == 0:
            made = head(("", STRANGER), [("", box.address)], f"Change {number}", world.now())
            made.set_content("Hello.\n")
            box.add(made.as_bytes(), world.now(), "inbox")
        elif known:
            box.mark(known[number % len(known)], world.now(), read=bool(number % 2))


def _there_and_back(world: World, box: Mailbox, options: Options) -> None:
    item = box.newest_first()[0]
    home = item.folder
    for folder in ("archive", home):
        box.move(item, folder, world.now())


def _poison(world: World, box: Mailbox, options: Options) -> None:
    """The newest message cannot be given, alone or in a batch; lists still show it."""
    key = _key(box, box.newest_first()[0])
    pattern = rf"^(gmail|graph) GET .*/messages/{key}$"
    world.faults.scripts.append(Script("poison", pattern, box.address, times=-1, reply=Reply(500, {"error": "poison"})))


def _bomb(world: World, box: Mailbox, options: Options) -> None:
    name, now = str(options.get("value", "deep_multipart")), world.now()
    box.add(awkward_letter(name, STRANGER, box.address, now), now, "inbox")


def _machines(world: World, box: Mailbox, options: Options) -> None:
    """Each kind of automatic mail, as an answer to the newest sent message."""
    sent = next((item for item in box.newest_first() if item.folder == "sentitems"), None)
    if sent is None:
        return
    for kind in MACHINES:
        world.numbers += 1
        who, about = sent.letter.recipients[0][1], (sent.letter.raw, sent.letter.message_id)
        occasion = Occasion(who, box.address, world.now(), *about, world.numbers)
        box.add(machine_letter(kind, occasion), world.now() + timedelta(), "inbox")


def _key(box: Mailbox, item: Item) -> str:
    return item.gmail_id if box.provider == "google" else box.graph_id(item, immutable=True)


ACTIONS: dict[str, tuple[str, Action]] = {
    "huge_history_ids": ("F7: history ids above 2^53 from here on", _huge_history),
    "wide_history_gaps": ("F7: gaps of up to a million between history ids", _wide_history),
    "poison": ("F16: the newest message cannot be given, however often it is asked for", _poison),
    "bomb": ("F17: a letter made to exhaust arrives, of the kind `value` (as in `deliver` `awkward`)", _bomb),
    "backlog": ("F18: so many changes at once, a third of them new messages", _backlog),
    "there_and_back": ("F28: the newest message goes to another folder and back", _there_and_back),
    "automatic_mail": ("F40: every kind of automatic mail answers the newest sent message", _machines),
    "split_threads": ("F41: every message is in a thread of its own", _splitting),
    "one_thread": ("F41: all messages are in one thread", _merged),
    "merged_conversations": ("F41: new mail joins the conversation of an equal subject", _merging),
    "teams_item": ("M20: a chat item among the mail", _teams_item),
}
