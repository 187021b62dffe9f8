"""Plain text out of an HTML letter: line breaks and bullets kept; hidden parts, quotes and signatures left out."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

CAP = 512 * 1024
"""Longest HTML read, in characters; what stands behind it is not text for a person to read."""

_NEVER_SEEN = "head, script, style, title, template, noscript, object, svg, math, [hidden]"
_HIDDEN_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_MAYBE_HIDDEN = '[style*="display" i], [style*="visibility" i], [style*="mso-hide" i]'
_QUOTES = ", ".join(
    (
        'blockquote[type="cite"]',
        "blockquote.gmail_quote",
        ".gmail_attr",
        ".moz-cite-prefix",
        ".yahoo_quoted",
        ".protonmail_quote",
        ".zmail_extra",
        "#mail-editor-reference-message-container",
        "#OLK_SRC_BODY_SECTION",
    )
)
_MOST_QUOTES = 50  # nested deeper than any exchange; keeps hostile mail from costing quadratic time
_QUOTE_FROM_HERE = "#divRplyFwdMsg, #appendonsend, #x_divRplyFwdMsg, #x_appendonsend"
_SIGNATURES = ".gmail_signature, .gmail_signature_prefix, .moz-signature, #Signature, #ms-outlook-mobile-signature"
_BREAK, _BLOCK = "\x01", "\x02"
_PARAGRAPH = _BLOCK + _BREAK + _BLOCK
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "main", "nav", "ol", "p", "pre"),
    *("section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
)
_PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote")
_MARKS = {
    **{f"{side}{name}": _BLOCK for name in _BLOCKS for side in ("", "/")},
    **{f"{side}{name}": _PARAGRAPH for name in _PARAGRAPHS for side in ("", "/")},
    "br": _BREAK,
    "li": _BLOCK + "- ",
    "td": " ",
    "th": " ",
}
"""What stands for a tag: a block opens or closes, an empty line parts two, or the line breaks."""
_WRITTEN_TAG = re.compile(r"<(?:!--.*?--|(/?[^\s>]+)[^>]*)>", re.DOTALL)
"""A tag or comment as the parser writes them: signs of tags inside attributes are escaped."""
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_RAW = "xmp, iframe, noembed, noframes, plaintext"  # the parser writes what stands in them without escapes
_SPACES = ("\t", "\r", "\n", "\f", "\v", "&nbsp;")
_FIXED = "\xa0"
_ODD_SPACES = (
    "\t",
    "\r",
    "\f",
    "\v",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x1f",
    "\x85",
    "\u1680",
    "\u2028",
    "\u2029",
    "\u205f",
    _FIXED,
)
_WIDE_SPACES = re.compile("[\u2000-\u200a\u202f\u3000]")
_TAG = re.compile(r"<(/?)(?!br|hr|img|meta|input|link|col)[a-z]", re.IGNORECASE)
_DEEPEST = 2000  # the parser's time grows with the square of the nesting; no real letter comes near
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u034f]")


def html_to_text(html: str, *, keep_quotes: bool = False) -> str:
    """The words a reader sees, one line per block, list items behind "- ", empty lines between paragraphs.

    Without `keep_quotes`, earlier mail and signatures are dropped where the mail program marks them in the HTML
    (Gmail, Outlook, Thunderbird, Apple, Yahoo, Proton); answers written between quotes stay. Never raises.
    """
    return _read(html, keep_quotes).text


def words_run_together(html: str) -> str:
    """Every word of a page, quoted and hidden ones too, with nothing between: tells quickly what is not in it."""
    return _read(html, False).words


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    words: str


@lru_cache(maxsize=2)  # one letter is asked for several times while it is read
def _read(html: str, keep_quotes: bool) -> _Page:
    html = html[:CAP]
    if html.count("<") - html.count("</") > _DEEPEST and _depth(html) > _DEEPEST:
        text = re.sub(r"<[^<>]*>", _BLOCK, _unmarked(html).replace("\n", _BREAK))
        return _Page(_tidy(text), text.replace(_BLOCK, ""))
    tree = LexborHTMLParser(html)
    if tree.body is None:
        return _Page("", "")
    words = tree.body.text(deep=True)
    words = words if words.isascii() else _INVISIBLE.sub("", words)
    _drop_unseen(tree)
    if not keep_quotes:
        _drop_quotes(tree)
    for node in tree.css(_RAW):
        node.replace_with(node.text(deep=True).replace("\n", " "))
    return _Page(_tidy(_marked(tree.body.html or "")), words)


def _drop_unseen(tree: LexborHTMLParser) -> None:
    _drop(tree, _NEVER_SEEN)
    for node in tree.css(_MAYBE_HIDDEN):
        if _HIDDEN_STYLE.search(node.attributes.get("style") or ""):
            _remove(node)


def _depth(html: str) -> int:
    return max(accumulate(-1 if tag[1] else 1 for tag in _TAG.finditer(html)), default=0)


def _drop_quotes(tree: LexborHTMLParser) -> None:
    for start in tree.css(_QUOTE_FROM_HERE):
        _drop_what_follows(start)
    for box in tree.css("div.gmail_quote")[:_MOST_QUOTES]:
        if box.css_first("blockquote.gmail_quote") is None:
            _remove(box)
    _drop(tree, _QUOTES)
    _drop(tree, _SIGNATURES)


def _drop_what_follows(node: LexborNode) -> None:
    """Outlook marks only where the earlier mail begins: it runs to the end of the same parent."""
    while (after := node.next) is not None:
        _remove(after)
    before = node.prev
    if before is not None and before.tag == "hr":
        _remove(before)
    _remove(node)


def _drop(tree: LexborHTMLParser, selector: str) -> None:
    for node in tree.css(selector):
        _remove(node)


def _remove(node: LexborNode) -> None:
    if node.parent is not None and node.tag not in ("html", "body"):
        node.decompose(recursive=False)


def _marked(written: str) -> str:
    """The text between the tags of a page the parser wrote, marks in place of the tags."""
    pieces = _WRITTEN_TAG.split(_unmarked(written))
    texts, names = pieces[::2], pieces[1::2]
    if "pre" in names:
        _keep_breaks(texts, names)
    pieces[1::2] = [_MARKS.get(name, "") for name in names]
    pieces[::2] = texts
    text = "".join(pieces)
    for space in _SPACES:
        text = text.replace(space, " ")
    if not text.isascii():
        text = _WIDE_SPACES.sub(" ", _INVISIBLE.sub("", text))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def _keep_breaks(texts: list[str], names: list[str | None]) -> None:
    """Line breaks right inside <pre> break the line, and other white space there keeps it open."""
    around: list[str] = []
    for place, name in enumerate(names):
        if around and around[-1] == "pre":
            texts[place] = texts[place].replace("\n", _BREAK).replace("\t", _FIXED).replace("&nbsp;", _FIXED)
        if name is None or name in _VOID:
            continue
        if not name.startswith("/"):
            around.append(name)
        elif around:
            around.pop()


def _unmarked(text: str) -> str:
    return text.replace(_BREAK, "").replace(_BLOCK, "") if _BREAK in text or _BLOCK in text else text


def _tidy(marked: str) -> str:
    """Marks to line breaks: a run of marks breaks once, a line break that ends a block shows nothing."""
    odd = any(space in marked for space in _ODD_SPACES)
    lines = [""]
    for block in marked.split(_BLOCK):
        if block in (_BREAK, "", " "):
            if block == _BREAK and lines[-1]:
                lines.append("")
            continue
        bare = block.strip(" ")
        if _BREAK in bare:
            lines.extend([" ".join(line.split()) for line in bare.removesuffix(_BREAK).split(_BREAK)])
        elif bare:
            lines.append(" ".join(bare.split()) if odd or "  " in bare else bare)
    text = "\n".join(lines).strip()
    return re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text
