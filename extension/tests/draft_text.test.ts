import { describe, expect, it } from 'vitest';
import { draftText } from '../src/draft_text';

function editor(html: string): Element {
  const made = document.createElement('div');
  made.innerHTML = html;
  return made;
}

describe("a draft's text", () => {
  it('keeps lines and empty lines', () => {
    const html =
      'Dear Rita,<div><br></div><div>first<br>second</div><p>third</p>fourth<ul><li>one</li><li>two</li></ul>';
    expect(draftText(editor(html))).toBe('Dear Rita,\n\nfirst\nsecond\nthird\nfourth\none\ntwo');
  });

  it.each([
    ["Gmail's quote", '<div class="gmail_quote">quoted</div>'],
    ["Gmail's line above it", '<div class="gmail_attr">On Monday quoted</div>'],
    ["Gmail's signature", '<div data-smartmail="gmail_signature">quoted</div>'],
    ['a quoted block', '<blockquote>quoted</blockquote>'],
    ["Outlook's signature", '<div id="Signature">quoted</div>'],
    [
      "Outlook's quote and all after it",
      '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: quoted</div><div>quoted</div>',
    ],
    ["Outlook's quote with a prefix", '<div id="x_divRplyFwdMsg">quoted</div><p>quoted</p>'],
  ])('ends before %s', (_, html) => {
    expect(draftText(editor(`<div>mine</div>${html}`))).toBe('mine');
  });

  it('has what is written below and between quotes', () => {
    expect(draftText(editor('<div>above</div><blockquote>quoted</blockquote><div>below</div>'))).toBe('above\nbelow');
  });

  it('is capped', () => {
    expect(draftText(editor(`<p>${'word '.repeat(20_000)}</p>`)).length).toBeLessThanOrEqual(20_000);
  });

  it('is read without a trace in the editor', () => {
    const html = '<div>mine</div><div class="gmail_quote">quoted</div>';
    const made = editor(html);
    draftText(made);
    expect(made.innerHTML).toBe(html);
  });
});
