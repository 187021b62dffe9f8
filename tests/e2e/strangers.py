"""Mail pages as somebody else would build them: other nesting, other languages, other decoys than ours."""

from dataclasses import dataclass, field
from typing import Any

DANA: dict[str, Any] = {"to": ["dana@acme.example"], "cc": [], "bcc": [], "unresolved": [], "visible": True}
META = "<meta name='og-profile-acct' content='ana@example.com'>"
SUBJECT = "<input name='subjectbox' placeholder='件名'>"
EDITOR = "<div g_editable='true' role='textbox' contenteditable='true'>Hello</div>"
TYPE = """() => { const it = document.querySelector('textarea'); it.focus(); it.value = 'rita@decoy.ex';
    it.dispatchEvent(new InputEvent('input', {bubbles: true})); }"""


@dataclass(frozen=True)
class Stranger:
    """A page at `host` (gmail or outlook), what is done in it, and the composes that are to be found."""

    host: str
    html: str
    wanted: list[dict[str, Any]] = field(default_factory=lambda: [DANA])
    act: str = ""


def dialog(rows: str, *, subject: str = SUBJECT, editor: str = EDITOR, below: str = "", number: int = 7) -> str:
    """A docked compose of Gmail with these recipients' rows."""
    form = f"<form><div>{rows}</div>{subject}<input type='hidden' name='composeid' value='{number}'></form>"
    region = f"<div role='region' data-compose-id='{number}'>{form}{below}<div>{editor}</div></div>"
    return f"<div role='dialog' class='zz1'><div>{region}<div role='button'>送信</div></div></div>"


def gmail(*parts: str) -> str:
    return f"<!doctype html><head>{META}</head><body><div role='main'>Inbox</div>{''.join(parts)}</body>"


def option(address: str, name: str = "") -> str:
    named = f"data-hovercard-id='{address}' data-name='{name}'"
    return f"<div role='option' {named} tabindex='-1'><span>{name or address}</span></div>"


def row(role: str, *chips: str, after: str = "") -> str:
    listed = f"<div role='listbox'>{''.join(chips)}</div>"
    return f"<div name='{role}'>{listed}<input role='combobox' aria-label='宛先'>{after}</div>"


def outlook(header: str, *, subject: str = "", editor: str = "", lang: str = "en") -> str:
    """A compose of Outlook under this header."""
    editor = editor or "<div role='textbox' contenteditable='true'>Hello</div>"
    send = "<div id='docking_DockingTriggerPart_0'><button>Send</button></div>"
    form = f"{send}{header}{subject}<div id='editorParent_1'>{editor}</div>"
    me = "<button id='O365_MainLink_Me' aria-label='Konto von Ana ana@example.com'>A</button>"
    return f"<!doctype html><html lang='{lang}'><body>{me}<div id='docking_InitVisiblePart_0'>{form}</div></body>"


def well(role: str, *inside: str) -> str:
    content = "".join(f"&#8203;{one}&#8203;" for one in inside)
    editor = f"<div role='textbox' contenteditable='true'>{content}</div>"
    return f"<div role='group' id='MSG_q1_{role}'><button>{role}</button>{editor}</div>"


def entity(label: str, text: str) -> str:
    of = f"class='_EType_RECIPIENT_ENTITY x9' id='REK1{len(label)}' contenteditable='false' draggable='true'"
    return f"<span {of} aria-label='{label}'>{text}</span>"


def collapsed(text: str) -> str:
    return f"<div role='button' tabindex='0'>{text}</div>"


DANA_CHIP = option("dana@acme.example")
TO_DANA = row("to", DANA_CHIP)
LINE = "<input id='MSG_q1_SUBJECT' maxlength='255'>"
IN_WELL = entity("dana@acme.example", "Dana")
OTHERS = option("rita@decoy.example", "Rita") + option("rolf@decoy.example", "Rolf")
SUGGESTED = f"<div role='listbox' style='position:absolute'>{OTHERS}</div>"
CARD = f"<div role='dialog' style='position:fixed;top:9px'>{option('card@decoy.example', 'Card')}</div>"
PROMPT = "<div contenteditable='true' role='textbox'>Help me write</div>"
CELLS = (
    "<div g_editable='true' contenteditable='true'>Hi<div contenteditable='false'><span email='in@decoy.example'>x"
    "</span><div contenteditable='true'>cell</div></div></div>"
)
TABLE = (
    "<div contenteditable='true'>x<table contenteditable='false'><tr><td contenteditable='true'>in@decoy.example"
    "</td></tr></table></div>"
)
BARE_ROW = f"<div><div role='listbox'>{DANA_CHIP}</div><input role='combobox'>{SUGGESTED}</div>"
NAMELESS = (
    "<div><div><div><div><span role='button' aria-label='Dana (dana@acme.example)'>Dana</span></div></div></div>"
    "<div><input type='text' aria-label='Тема'></div><p><b contenteditable role='textbox'>x</b></p></div>"
)
TAKEN = "<input type='hidden' name='to' value='Dana &lt;dana@acme.example&gt;'><textarea name='to'></textarea>"
WELL_LIST = (
    "<div role='listbox' style='position:absolute'><div role='option' aria-label='rita@decoy.example'>"
    "rita@decoy.example</div></div>"
)
EVENT = (
    "<div role='dialog'><input type='text' placeholder='Add a title'><div><span title='dana@acme.example'>Dana</span>"
    "<input role='combobox' aria-label='Invite attendees'></div><div contenteditable='true'>Agenda</div></div>"
)
CONTACT = (
    "<div role='dialog'><input type='text' value='Dana Hiring'><a title='dana@acme.example'>dana@acme.example</a>"
    "<div contenteditable='true'>Met at the fair</div></div>"
)
CHAT = f"<div role='dialog'><div>{DANA_CHIP}<input role='combobox'></div><div contenteditable='true'>hi</div></div>"
TASK = (
    "<aside><input type='text' value='Write dana@acme.example' title='Write dana@acme.example'>"
    "<div contenteditable='true'>details</div></aside>"
)
SEARCH = (
    "<form role='search'><input type='text' name='q' value='to:dana@acme.example'></form>"
    "<div><span email='dana@acme.example'>Dana</span><div contenteditable='true'>hi</div></div>"
)
FILTER = (
    "<div><label>From <input type='text'></label><label>To <input type='text' value='dana@acme.example'></label>"
    "<label>Subject <input type='text'></label></div><div contenteditable='true'>note</div>"
)

STRANGERS = {
    "suggestions in the row": Stranger("gmail", gmail(dialog(row("to", DANA_CHIP, after=SUGGESTED)))),
    "suggestions in the form": Stranger("gmail", gmail(dialog(TO_DANA + SUGGESTED))),
    "suggestions in a row without a name": Stranger("gmail", gmail(dialog(BARE_ROW))),
    "a card about somebody in the compose": Stranger("gmail", gmail(dialog(TO_DANA, below=CARD))),
    "a card about somebody in the row": Stranger("gmail", gmail(dialog(row("to", DANA_CHIP, after=CARD)))),
    "the address on a part of the chip": Stranger(
        "gmail", gmail(dialog(row("to", "<div role='option'><span email='dana@acme.example'>Dana</span></div>")))
    ),
    "chips of another role": Stranger(
        "gmail",
        gmail(dialog("<div name='to'><ul><li><i data-hovercard-id='dana@acme.example'>Dana</i></li></ul></div>")),
    ),
    "name and address as text alone": Stranger(
        "gmail", gmail(dialog(row("to", "<div role='option'>Dana Hiring &lt;dana@acme.example&gt;</div>")))
    ),
    "a chip without an address": Stranger(
        "gmail",
        gmail(dialog(row("to", DANA_CHIP, "<div role='option' data-name='Hiring team'>Hiring team</div>"))),
        [{**DANA, "unresolved": ["Hiring team"]}],
    ),
    "a group that is no address": Stranger(
        "gmail",
        gmail(dialog(row("to", DANA_CHIP, option("label:47", "Recruiters")))),
        [{**DANA, "unresolved": ["Recruiters"]}],
    ),
    "a second editor beside the draft": Stranger("gmail", gmail(dialog(TO_DANA, below=PROMPT))),
    "editors within the editor": Stranger("gmail", gmail(dialog(TO_DANA, editor=CELLS))),
    "no name and no class of ours": Stranger(
        "gmail", gmail(NAMELESS), [{"to": ["dana@acme.example"], "unresolved": []}]
    ),
    "an address being typed in the old form": Stranger(
        "gmail", gmail(dialog(TAKEN)), [{**DANA, "unresolved": ["rita@decoy.ex"]}], TYPE
    ),
    "two dialogs": Stranger(
        "gmail",
        gmail(dialog(TO_DANA), dialog(row("to", option("rita@acme.example")), number=8)),
        [{"to": ["dana@acme.example"]}, {"to": ["rita@acme.example"]}],
    ),
    "a collapsed reply in Chinese": Stranger(
        "outlook", outlook(collapsed("收件人：王丽；李雷"), lang="zh"), [{"to": [], "unresolved": ["王丽", "李雷"]}]
    ),
    "a collapsed reply in French": Stranger(
        "outlook",
        outlook("<div>Enregistré à 10:42</div>" + collapsed("<span>À : Rita Rossi</span>"), lang="fr"),
        [{"to": [], "unresolved": ["Rita Rossi"]}],
    ),
    "a collapsed reply, label and names apart": Stranger(
        "outlook",
        outlook(collapsed("<span>To:</span> <span>Rita Rossi</span>; <span>Dana</span>")),
        [{"to": [], "unresolved": ["Rita Rossi", "Dana"]}],
    ),
    "a collapsed reply, surnames first": Stranger(
        "outlook",
        outlook(collapsed("To: Rossi, Rita; Hiring, Dana")),
        [{"to": [], "unresolved": ["Rossi, Rita", "Hiring, Dana"]}],
    ),
    "chips of addresses and of names": Stranger(
        "outlook",
        outlook(
            well("TO", IN_WELL, entity("Verfügbar Rita Rossi", "Rita Rossi"))
            + well("CC", entity("Cora &lt;cora@acme.example&gt;", "Cora")),
            subject=LINE,
        ),
        [{**DANA, "cc": ["cora@acme.example"], "unresolved": ["Rita Rossi"]}],
    ),
    "a title deep in the chip": Stranger(
        "outlook",
        outlook(
            well("TO", entity("Anwesend Dana", "<span><b title='dana@acme.example'>Dana</b></span>")), subject=LINE
        ),
    ),
    "a table of editors in the body": Stranger("outlook", outlook(well("TO", IN_WELL), subject=LINE, editor=TABLE)),
    "suggestions inside the well": Stranger("outlook", outlook(well("TO", IN_WELL, WELL_LIST), subject=LINE)),
    "an event with people invited": Stranger("outlook", f"<!doctype html><body>{EVENT}</body>", []),
    "a contact's card with notes": Stranger("outlook", f"<!doctype html><body>{CONTACT}</body>", []),
    "a chat with people chosen": Stranger("gmail", gmail(CHAT), []),
    "a task about somebody": Stranger("gmail", gmail(TASK), []),
    "a search, and a chat": Stranger("gmail", gmail(SEARCH), []),
    "a filter's form, and a note": Stranger("gmail", gmail(FILTER), []),
}
