"""What is stored of a letter: its facts and short quotes, never its text."""

import json

from app.services import leaving
from tests.world import GMAIL, World

SENTENCES = (
    "It was a pleasure to walk you through the turbine hall, and everybody liked your questions about bearings.",
    "We will write to you on Friday.",
    "Could you send us the drawing of the coupling that you told us about over lunch?",
    "My daughter starts at the conservatory in spring, so the house is full of cellos at the moment.",
)
QUOTED = 2


async def test_no_file_holds_the_text_of_a_letter(world: World) -> None:
    await world.link("google")
    await world.deliver(sender="dana@northwind.example", text="\n\n".join(SENTENCES))
    await world.sync()
    told = json.dumps(leaving.export_all(world.parts, world.person_id, world.clock()), ensure_ascii=False)
    assert "dana@northwind.example" in told
    assert sum(sentence in told for sentence in SENTENCES) <= QUOTED
    assert SENTENCES[0] not in told
    assert SENTENCES[-1] not in told
    for path in world.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not any(sentence.encode() in held for sentence in SENTENCES), path
    assert GMAIL in told
