"""Plain text out of an HTML letter: line breaks and bullets kept; hidden parts, quotes and signatures left out."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

CAP = 512 * 1024
"""Longest HTML read, in characters; what stands behind it is not text for a person to read."""

_NEVER_SEEN = "head, script, style, title, template, noscript, object, svg, math, [hidden]"
_HIDDEN_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
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
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"}
    | {"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "main", "nav", "ol", "p", "pre"}
    | {"section", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"})
_BLOCK, _PARAGRAPH = "\x01", "\x02"
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u3000]{2,}|[\t\r\n\f\v\xa0\u2000-\u200a\u202f\u3000]")
_TAG = re.compile(r"<(/?)(?!br|hr|img|meta|input|link|col)[a-z]", re.IGNORECASE)
_DEEPEST = 2000  # the parser's time grows with the square of the nesting; no real letter comes near
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u034f]")


@lru_cache(maxsize=2)  # one letter is asked for several times while it is read
def html_to_text(html: str, *, keep_quotes: bool = False) -> str:
    """The words a reader sees, one line per block, list items behind "- ", empty lines between paragraphs.

    Without `keep_quotes`, earlier mail and signatures are dropped where the mail program marks them in the HTML
    (Gmail, Outlook, Thunderbird, Apple, Yahoo, Proton); answers written between quotes stay. Never raises.
    """
    html = html[:CAP]
    if html.count("<") > _DEEPEST and _depth(html) > _DEEPEST:
        return _tidy(re.sub(r"<[^<>]*>", _BLOCK, html))
    tree = LexborHTMLParser(html)
    _drop(tree, _NEVER_SEEN)
    for node in tree.css("[style]"):
        if _HIDDEN_STYLE.search(node.attributes.get("style") or ""):
            _remove(node)
    if not keep_quotes:
        _drop_quotes(tree)
    return _tidy("".join(_lines(tree.body))) if tree.body is not None else ""


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


def _lines(body: LexborNode) -> Iterator[str]:
    """Text and marks in order of reading; a mark stands where a block opens or closes."""
    waiting: list[LexborNode | str] = [body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif item.tag == "-text":
            yield _words(item)
        else:
            yield _opening(item)
            waiting.append(_edge(item))
            waiting.extend(reversed(list(item.iter(include_text=True))))


def _words(node: LexborNode) -> str:
    text = _INVISIBLE.sub("", node.text_content or "").replace(_BLOCK, "").replace(_PARAGRAPH, "")
    return text if node.parent is not None and node.parent.tag == "pre" else _SPACES.sub(" ", text)


def _opening(node: LexborNode) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "li":
        return _BLOCK + "- "
    return " " if node.tag in ("td", "th") else _edge(node)


def _edge(node: LexborNode) -> str:
    if node.tag in _PARAGRAPHS:
        return _PARAGRAPH
    return _BLOCK if node.tag in _BLOCKS else ""


def _tidy(marked: str) -> str:
    """Marks to line breaks: a run of marks breaks once, a line break that ends a block shows nothing."""
    lines: list[str] = []
    for block in marked.replace(_PARAGRAPH, _BLOCK + "\n" + _BLOCK).split(_BLOCK):
        if block.strip(" "):
            lines.extend(" ".join(line.split()) for line in block.strip(" ").removesuffix("\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
