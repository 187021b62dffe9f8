"""The folder tree of an Outlook mailbox: which folders there are and what each one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from connectors.message import Folder
from connectors.outlook.client import GraphClient, Json, entries
from connectors.quota import Pace

WELL_KNOWN = {
    "inbox": Folder.INBOX,
    "sentitems": Folder.SENT,
    "junkemail": Folder.SPAM,
    "deleteditems": Folder.TRASH,
}
TREES = frozenset({Folder.SPAM, Folder.TRASH})
"""What lies below these is junk or deleted as well; a folder below the inbox is a place of its own."""
CHAT_FOLDERS = frozenset({"teamsmessagesdata", "teamchat", "team chat"})
"""Hidden folders where Teams leaves copies of chats (M20)."""
DEEPEST = 30
SELECT = "id,displayName,parentFolderId,childFolderCount,isHidden"
LEVEL = "100"


@dataclass(frozen=True, slots=True)
class Tree:
    """Every mail folder's id, and what the special ones are."""

    ids: tuple[str, ...] = ()
    kinds: Mapping[str, Folder] = field(default_factory=dict)
    chats: frozenset[str] = frozenset()


async def read_tree(client: GraphClient) -> Tree:
    """The whole tree, hidden folders too, search folders not: they only repeat what others hold."""
    kinds = await well_known(client)
    found: list[str] = []
    chats: set[str] = set()
    level = [""]
    for _ in range(DEEPEST):
        children = await _children(client, level)
        for child in children:
            found.append(str(child["id"]))
            inherited = kinds.get(str(child.get("parentFolderId", "")))
            if inherited in TREES:
                kinds.setdefault(found[-1], inherited)
            if str(child.get("displayName", "")).lower() in CHAT_FOLDERS:
                chats.add(found[-1])
        level = [str(child["id"]) for child in children if child.get("childFolderCount")]
        if not level:
            break
    return Tree(tuple(dict.fromkeys(found)), kinds, frozenset(chats))


async def well_known(client: GraphClient, *, pace: Pace = Pace.STEADY) -> dict[str, Folder]:
    """The ids of the four folders whose meaning does not hang on their translated names."""
    asked = [(f"/me/mailFolders/{name}", {"$select": "id"}) for name in WELL_KNOWN]
    outcomes = await client.several(asked, pace=pace)
    kinds = zip(WELL_KNOWN.values(), outcomes, strict=True)
    return {str(found["id"]): kind for kind, found in kinds if isinstance(found, Mapping)}


async def _children(client: GraphClient, parents: Sequence[str]) -> list[Json]:
    """The folders right below these, in their order; those of the mailbox itself below an empty name."""
    query = {"includeHiddenFolders": "true", "$top": LEVEL, "$select": SELECT}
    paths = [f"/me/mailFolders/{quote(one, safe='')}/childFolders" if one else "/me/mailFolders" for one in parents]
    found: list[Json] = []
    for page in await client.several([(path, query) for path in paths]):
        if isinstance(page, Mapping):
            found += [entry async for one in client.rest(page) for entry in entries(one)]
    return [entry for entry in found if "searchfolder" not in str(entry.get("@odata.type", "")).lower()]
