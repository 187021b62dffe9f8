"""HTML letters read as a person would see them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.plain import every_word, html_to_text


def test_blocks_breaks_and_bullets_become_lines() -> None:
    letter = "<p>Hi&nbsp;Rita,</p><div>one<br>two <b>bold</b></div><div><br></div><ul><li>a<li>b</ul><div>c<br></div>d"
    assert html_to_text(letter) == "Hi Rita,\n\none\ntwo bold\n\n- a\n- b\n\nc\nd"


def test_gmail_quotes_go_and_answers_between_them_stay() -> None:
    letter = (
        'Hello<div class="gmail_quote"><div class="gmail_attr">On Monday Rita wrote:</div>'
        '<blockquote class="gmail_quote">When?</blockquote><div>On Friday.</div>'
        '<blockquote class="gmail_quote">Where?</blockquote></div>'
    )
    assert html_to_text(letter) == "Hello\nOn Friday."
    assert "When?" in html_to_text(letter, keep_quotes=True)


@pytest.mark.parametrize(
    "quote",
    [
        '<hr><div id="divRplyFwdMsg"><b>From:</b> Rita</div><div>old</div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Rita</div><p>old</p>',
        '<blockquote type="cite">old</blockquote>',
        '<div class="moz-cite-prefix">Rita wrote:</div><blockquote type="cite">old</blockquote>',
        '<div class="gmail_signature">Ana, old street 4</div>',
        '<span style="color:red; DISPLAY : none">old</span>',
        "<style>.old {}</style><script>old()</script>",
        '<div class="gmail_quote">---------- Forwarded message<br>old</div>',
    ],
)
def test_what_the_person_did_not_write_is_left_out(quote: str) -> None:
    assert html_to_text(f"<html><body><div>New words</div>{quote}</body></html>") == "New words"


@pytest.mark.parametrize(
    ("letter", "seen"),
    [
        ('<p title="a > b <!-- c">on</p> Friday<!-- > or "Monday" -->', "on\n\nFriday"),
        ('<p>on <a href="x"y">Friday</a> 4 &lt; 5 &amp;amp; so</p>', "on Friday 4 < 5 &amp; so"),
        ("<p>write <xmp><b> bold </b></xmp></p>", "write\n\n<b> bold </b>"),
        ("<pre>one\n two</pre><p>three\nfour</p>", "one\ntwo\n\nthree four"),
        ("<p>so\u00adon, \u200bon&#1; &nbsp; Friday</p>", "soon, on Friday"),
    ],
)
def test_only_what_is_shown_counts_as_words(letter: str, seen: str) -> None:
    assert html_to_text(letter) == seen


@given(st.lists(st.sampled_from(["<div>", "</p>", "<p>", "for", "warded", "&#102;", "<b>", "</b>", "<!-- x -->"])))
def test_what_stands_on_a_page_stands_among_its_words(pieces: list[str]) -> None:
    page = "".join(pieces)
    assert all(word in every_word(page) for word in html_to_text(page, keep_quotes=True).split())


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(html: str) -> None:
    assert isinstance(html_to_text(html), str)


@given(st.lists(st.sampled_from(["<div>", "</div>", "<p>", "a", "<br>", "<li>", '<div class="gmail_quote">', "<td>"])))
def test_broken_markup_never_gives_more_than_one_empty_line(pieces: list[str]) -> None:
    assert "\n\n\n" not in html_to_text("".join(pieces))


@pytest.mark.parametrize("piece", ["<div>", "<blockquote type=cite>", '<div class="gmail_quote">', "<li>", "<table>"])
def test_hostile_nesting_is_read_in_linear_time(piece: str) -> None:
    start = time.process_time()
    html_to_text(piece * (500_000 // len(piece)))
    assert time.process_time() - start < 2
