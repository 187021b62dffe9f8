import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { gmail } from '../../src/hosts/gmail';
import { only, pageOf } from '../page';

// A page others captured; it is no part of the repository, and without it the two tests of it are skipped.
const CAPTURE = `${import.meta.dirname}/../../../../shared/data/pages/gmail-compose-2020.html`;
const HEX = '18c0ffee12345678';

const chip = (address: string, name = '') =>
  `<div role="option" data-hovercard-id="${address}" data-name="${name}"><span>${name || address}</span></div>`;
const row = (kind: string, chips: string, field = '') =>
  `<div><div><div name="${kind}"><div><div role="listbox">${chips}</div><input type="text" role="combobox" ${field}></div></div></div></div>`;
const fields = (given: Record<string, string> = {}) =>
  Object.entries({ composeid: '7', draft: 'undefined', lts: '', ...given })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join('');
const EDITOR =
  '<div class="Am" g_editable="true" role="textbox" contenteditable="true">quoted: in@editor.example</div>';
const region = (rows: string, given: Record<string, string> = {}, subject = 'Hello') =>
  `<div role="region" data-compose-id="7"><form>${rows}<input name="subjectbox" value="${subject}">${fields(given)}</form><table><tr><td>${EDITOR}</td></tr></table></div>`;
const docked = (rows: string, given: Record<string, string> = {}) =>
  `<div role="dialog"><div class="aaZ">${region(rows, given)}</div></div>`;
const open = (hex: string, inside = '') =>
  `<div role="main"><h2 data-legacy-thread-id="${hex}"></h2><span email="read@decoy.example"></span>${inside}</div>`;
const recipientsIn = (body: string) => only(gmail(pageOf({ body })).composes('me@example.com')).recipients;

beforeEach(() => {
  location.hash = '';
});

describe('a compose in Gmail', () => {
  it('may hang in the body itself', () => {
    const body = region(row('to', chip('rita@acme.example'))).replace(/^<div[^>]*>|<\/div>$/g, '');
    expect(recipientsIn(`${body}<span email="row@decoy.example"></span>`).to).toEqual(['rita@acme.example']);
  });

  it('belongs to the thread shown beside the list, not to a row of it', () => {
    const list = '<table><tr><td><span data-legacy-thread-id="1111111111111111">Row</span></td></tr></table>';
    const pane = (inside: string) => `<div><h2 data-legacy-thread-id="${HEX}"></h2>${inside}</div>`;
    const reply = `<div>${region(row('to', chip('rita@acme.example')))}</div>`;
    for (const body of [
      `<div role="main">${list}${pane(reply)}</div>`,
      `<div role="main">${list}<h2 data-legacy-thread-id="${HEX}"></h2>${reply}${list}</div>`,
    ]) {
      expect(only(gmail(pageOf({ body })).composes(null)).provider_thread_id).toBe(HEX);
    }
  });
});

describe('recipients in Gmail', () => {
  it('are none of the addresses one sends from, in a collapsed row', () => {
    const rows = `<div style="display:none">${row('to', '')}</div><div class="hl"><span email="rita@acme.example">Rita</span>
      <span email="me@example.com">me</span><span email="alias@example.com">alias</span></div>`;
    expect(recipientsIn(docked(rows, { from: 'alias@example.com' })).to).toEqual(['rita@acme.example']);
  });

  it('keep their roles, in lower case, each once', () => {
    const rows =
      row('to', chip('Rita@Acme.example', 'Rita') + chip('dana@acme.example')) +
      row('cc', chip('rita@acme.example')) +
      row('bcc', chip('eve@acme.example'));
    expect(recipientsIn(docked(rows))).toEqual({
      to: ['rita@acme.example', 'dana@acme.example'],
      cc: [],
      bcc: ['eve@acme.example'],
      roles_known: true,
      unresolved: [],
    });
  });

  it('are not the people suggested, shown on cards, quoted, or oneself in the From row', () => {
    const popup = `<div id="pop" role="listbox">${chip('one@decoy.example')}</div>`;
    const from = '<div name="from"><span data-hovercard-id="me@example.com" email="me@example.com"></span></div>';
    const rows =
      from +
      row('to', chip('rita@acme.example'), 'aria-controls="pop"').replace(
        '</div></div></div></div>',
        `</div>${popup}</div></div></div>`,
      );
    expect(recipientsIn(docked(rows) + chip('card@decoy.example')).to).toEqual(['rita@acme.example']);
  });

  it('are taken once from a collapsed row whose chips are still there', () => {
    const rows = `<div style="display:none">${row('to', chip('rita@acme.example', 'Rita'))}</div><div class="hl"><span email="rita@acme.example">Rita</span></div>`;
    const { to, roles_known } = recipientsIn(docked(rows));
    expect([to, roles_known]).toEqual([['rita@acme.example'], true]);
  });

  it('have no known role when only the collapsed summary names them', () => {
    const rows =
      '<div class="hl"><span email="rita@acme.example">Rita</span><span email="cc@acme.example">C</span></div>';
    const { to, roles_known } = recipientsIn(docked(rows));
    expect([to, roles_known]).toEqual([['rita@acme.example', 'cc@acme.example'], false]);
  });

  it('are not those of an old summary that an open form hides', () => {
    const rows = `${row('to', chip('rita@acme.example'))}<div style="display:none"><span email="gone@acme.example">G</span></div>`;
    expect(recipientsIn(docked(rows)).to).toEqual(['rita@acme.example']);
  });

  it('are unresolved when a chip has a name alone', () => {
    const named = '<div role="option" data-name="Hiring team"><span>Hiring team</span></div>';
    expect(recipientsIn(docked(row('to', named)))).toMatchObject({ to: [], unresolved: ['Hiring team'] });
  });

  it('are read from the hidden fields of the older form', () => {
    const rows =
      '<div class="vR"><input type="hidden" name="to" value="&quot;Doe, Rita&quot; &lt;rita@acme.example&gt;"></div><textarea name="to"></textarea>';
    expect(recipientsIn(docked(rows)).to).toEqual(['rita@acme.example']);
  });

  it('are found when the rows lose their names', () => {
    const renamed = `<div class="x1"><div role="listbox">${chip('rita@acme.example')}</div></div>`;
    expect(recipientsIn(docked(renamed))).toMatchObject({ to: ['rita@acme.example'], roles_known: false });
  });
});

describe('composes in Gmail', () => {
  it('stand side by side without mixing', () => {
    const second = region(row('to', chip('dana@acme.example')), { composeid: '8' });
    const host = gmail(pageOf({ body: open(HEX, second) + docked(row('to', chip('rita@acme.example'))) }));
    expect(host.composes(null).map(({ mark, recipients }) => [mark, recipients.to])).toEqual([
      ['8', ['dana@acme.example']],
      ['7', ['rita@acme.example']],
    ]);
  });

  it('are not seen in an emptied shell, nor before the editor is there', () => {
    const half = `<div role="region"><form>${row('to', chip('rita@acme.example'))}<input name="subjectbox">${fields()}</form></div>`;
    expect(
      gmail(pageOf({ body: `<div role="dialog"><div class="aaZ"></div></div>${open(HEX)}${half}` })).composes(null),
    ).toEqual([]);
  });

  it('are not seen in a view that was left', () => {
    const stale = open(HEX, region(row('to', chip('old@acme.example')))).replace(
      'role="main"',
      'role="main" style="display: none"',
    );
    expect(gmail(pageOf({ body: stale })).composes(null)).toEqual([]);
  });

  it('are told when minimised', () => {
    const minimised = docked(row('to', chip('rita@acme.example'))).replace(
      'class="aaZ"',
      'class="aaZ" style="display: none"',
    );
    expect(only(gmail(pageOf({ body: minimised })).composes(null)).visible).toBe(false);
  });

  it('are known by their classes when names were taken away, each alone or all together', () => {
    const form = docked(row('to', chip('rita@acme.example')), { lts: HEX }).replace(
      'name="to"',
      'class="anm" name="to"',
    );
    const lose = (html: string, ...names: string[]) => names.reduce((left, name) => left.replaceAll(name, ''), html);
    const GONE = ['g_editable="true"', 'name="subjectbox"', 'name="to"'];
    for (const names of [...GONE.map((name) => [name]), GONE]) {
      const body = lose(form.replace('name="subjectbox"', 'class="aoT" name="subjectbox"'), ...names);
      const { by, recipients, subject, provider_thread_id } = only(gmail(pageOf({ body })).composes(null));
      expect([recipients.to, subject, provider_thread_id]).toEqual([['rita@acme.example'], 'Hello', HEX]);
      expect(by).toBe(names.includes('g_editable="true"') ? 'classes' : 'names');
    }
  });

  it('are not seen where there are chats and notes alone', () => {
    const notes =
      '<section><input type="text" placeholder="Title"><div contenteditable="true" role="textbox">a@b.example</div></section>';
    expect(gmail(pageOf({ body: notes })).composes(null)).toEqual([]);
  });

  it.runIf(existsSync(CAPTURE))('are recognised in a real page of 2020, and so is its account', () => {
    const captured = new DOMParser().parseFromString(readFileSync(CAPTURE, 'utf8'), 'text/html');
    const host = gmail(captured);
    const compose = only(host.composes(host.account()));
    expect(host.account()).toBe('me@gmail.com');
    expect(compose.recipients).toMatchObject({ to: [], cc: [], bcc: [], unresolved: [] });
    expect(compose.editor?.getAttribute('role')).toBe('textbox');
  });

  it.runIf(existsSync(CAPTURE))('of 2020 give their recipients in the rows of today', () => {
    const captured = new DOMParser().parseFromString(readFileSync(CAPTURE, 'utf8'), 'text/html');
    const cell = captured.querySelector('textarea[name=to]')?.parentElement;
    if (!cell) throw new Error('the capture has no To cell');
    cell.innerHTML = row('to', chip('rita@acme.example', 'Rita'));
    expect(only(gmail(captured).composes(null)).recipients).toMatchObject({
      to: ['rita@acme.example'],
      roles_known: true,
    });
  });
});

describe("a Gmail compose's thread", () => {
  const threadOf = (body: string) => only(gmail(pageOf({ body })).composes(null)).provider_thread_id;
  const TOKEN = 'FMfcgzGrbHrBdFGBXqpFZvSkcQpKkvrM';
  const rows = row('to', chip('rita@acme.example'));

  it('is what the form says', () => {
    expect(threadOf(open('1111111111111111') + docked(rows, { lts: HEX }))).toBe(HEX);
  });

  it('is the open thread for a reply inside it', () => {
    expect(threadOf(open(HEX, region(rows)))).toBe(HEX);
  });

  it('is not the open thread for a new mail beside it', () => {
    location.hash = `#inbox/${TOKEN}`;
    expect(threadOf(open(HEX) + docked(rows))).toBeNull();
  });

  it('comes from the address when the view does not say', () => {
    location.hash = `#inbox/${TOKEN}`;
    expect(threadOf(`<div role="main"><h2 data-thread-perm-id="undefined"></h2>${region(rows)}</div>`)).toBe(
      '184a87a7b32dd009',
    );
  });

  it('comes from the permanent id when it is a number', () => {
    const decimal = BigInt(`0x${HEX}`);
    expect(threadOf(`<div role="main"><h2 data-thread-perm-id="thread-f:${decimal}"></h2>${region(rows)}</div>`)).toBe(
      HEX,
    );
  });

  it('is never the thread of a view that was left', () => {
    const left = open('2222222222222222').replace('role="main"', 'role="main" style="display: none"');
    expect(threadOf(left + open(HEX, region(rows)))).toBe(HEX);
  });
});

describe("a Gmail page's account", () => {
  const accountOf = (page: { head?: string; body?: string; title?: string }) => gmail(pageOf(page)).account();

  it('is what the page states', () => {
    expect(accountOf({ head: '<meta name="og-profile-acct" content="Ana@Example.com">' })).toBe('ana@example.com');
  });

  it('is on the account button in any language', () => {
    const body =
      '<a href="https://accounts.google.com/SignOutOptions?x" aria-label="Google-Konto: Ana (ana@example.com)"></a>';
    expect(accountOf({ body })).toBe('ana@example.com');
  });

  it('is in the title as a part of its own, never an address in a subject', () => {
    expect(accountOf({ title: 'Re: ask title@decoy.example - ana@example.com - Gmail' })).toBe('ana@example.com');
    expect(accountOf({ title: 'Re: ask title@decoy.example - Gmail' })).toBeNull();
  });
});
