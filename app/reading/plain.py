"""Plain text out of an HTML letter: line breaks and bullets kept; hidden parts, quotes and signatures left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, filterfalse

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
_WRITTEN_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_RAW = "xmp, iframe, noembed, noframes, plaintext"  # the parser writes what stands in them without escapes
_NOT_AS_IT_STANDS = frozenset(f"{_NEVER_SEEN.removesuffix(', [hidden]')}, {_RAW}".split(", "))
"""Tags of which more is to be done than to put marks in their places, and parts of attributes that ask for it."""
_MARKED_BY_PROGRAMS = (
    *("cite", "gmail_", "moz-", "yahoo_quoted", "protonmail_quote", "zmail_extra", "mail-editor-reference"),
    *("olk_src_body", "divrplyfwdmsg", "appendonsend", "signature", "hidden", "display", "visibility", "mso-hide"),
)
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


def every_word(html: str) -> str:
    """Every word of a page, quoted and hidden ones too, whatever parts them: tells quickly what is not in it."""
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
    written = _Written(tree.body.html or "")
    if written.stands:
        text = _tidy(written.marked())
        return _Page(text, text)
    words = tree.body.text(deep=True)
    _drop_unseen(tree)
    if not keep_quotes:
        _drop_quotes(tree)
    for node in tree.css(_RAW):
        node.replace_with(node.text(deep=True).replace("\n", " "))
    seen = _Written(tree.body.html or "")
    return _Page(_tidy(seen.marked()), words if words.isascii() else _INVISIBLE.sub("", words))


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


class _Written:
    """A page as the parser wrote it, cut behind every tag: signs of tags in words and attributes are escaped there.

    Most pieces are a tag alone, and one of a few: what becomes of a piece is worked out once.
    """

    def __init__(self, written: str) -> None:
        written = _unmarked(_WRITTEN_COMMENT.sub("", written) if "<!--" in written else written)
        self._pieces = written.split(">")
        self._apart = {piece: (piece.partition("<")[0], _name(piece)) for piece in set(self._pieces)}
        self._names = {name for _, name in self._apart.values()}

    @property
    def stands(self) -> bool:
        """Whether nothing is hidden in it, quoted or signed as programs mark it: all of it is text."""
        tags = " ".join([piece.partition("<")[2] for piece in self._apart]).lower()
        return self._names.isdisjoint(_NOT_AS_IT_STANDS) and not any(mark in tags for mark in _MARKED_BY_PROGRAMS)

    def marked(self) -> str:
        """The texts with marks in place of the tags."""
        marks = {piece: text + _MARKS.get(name, "") for piece, (text, name) in self._apart.items()}
        text = "".join(self._kept_breaks() if "pre" in self._names else map(marks.__getitem__, self._pieces))
        for space in _SPACES:
            text = text.replace(space, " ")
        return _unescaped(text if text.isascii() else _WIDE_SPACES.sub(" ", _INVISIBLE.sub("", text)))

    def _kept_breaks(self) -> Iterator[str]:
        """As marked; line breaks right inside <pre> break the line, and other white space there keeps it open."""
        around: list[str] = []
        for text, name in map(self._apart.__getitem__, self._pieces):
            if around and around[-1] == "pre":
                text = text.replace("\n", _BREAK).replace("\t", _FIXED).replace("&nbsp;", _FIXED)
            yield text + _MARKS.get(name, "")
            if name in _VOID:
                continue
            if not name.startswith("/"):
                around.append(name)
            elif around:
                around.pop()


def _name(piece: str) -> str:
    """Of the tag that ends a piece; empty behind the last one."""
    return piece.partition("<")[2].partition(" ")[0]


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def _unmarked(text: str) -> str:
    return text.replace(_BREAK, "").replace(_BLOCK, "") if _BREAK in text or _BLOCK in text else text


def _tidy(marked: str) -> str:
    """Marks to line breaks: a run of marks breaks once, a line break that ends a block shows nothing."""
    odd = any(space in marked for space in _ODD_SPACES)
    lines = [""]
    for block in filterfalse(("", " ").__contains__, marked.split(_BLOCK)):
        if block == _BREAK:
            if lines[-1]:
                lines.append("")
            continue
        bare = block.strip(" ")
        if _BREAK in bare:
            lines.extend([" ".join(line.split()) for line in bare.removesuffix(_BREAK).split(_BREAK)])
        elif bare:
            lines.append(" ".join(bare.split()) if odd or "  " in bare else bare)
    text = "\n".join(lines).strip()
    return re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text
