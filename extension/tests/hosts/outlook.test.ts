import { describe, expect, it } from 'vitest';
import { genericComposes } from '../../src/hosts/generic';
import { outlook } from '../../src/hosts/outlook';
import { only, pageOf } from '../page';

const chip = (label: string, text: string, inner = '') =>
  `\u200b<span id="REK1" class="_EType_RECIPIENT_ENTITY" contenteditable="false" draggable="true" aria-label="${label}"><span ${inner}>${text}</span></span>\u200b`;
const well = (kind: string, content: string, infix = '70') =>
  `<div role="group" id="MSG_${infix}_${kind}"><button>To</button><div><div role="textbox" contenteditable="true">${content}</div></div></div>`;
const form = (header: string, number = 0) =>
  `<div id="docking_InitVisiblePart_${number}"><div id="docking_DockingTriggerPart_${number}"></div>${header}<div id="editorParent_${number}"><div role="textbox" contenteditable="true">inner@editor.example</div></div></div>`;
const subject = (infix = '70', value = 'Hi') =>
  `<input id="MSG_${infix}_SUBJECT" type="text" maxlength="255" value="${value}">`;
const composesIn = (body: string, own: string | null = null) => outlook(pageOf({ body })).composes(own);
const CONV = 'AAQkAD+x/y=';

describe('recipients in Outlook', () => {
  it.each([
    ['the bare address', chip('rita@acme.example', 'Rita')],
    ['a name and the address', chip('Rita &lt;Rita@acme.example&gt;', 'Rita')],
    ['an address in a title', chip('offlineRita', 'Rita', 'title="rita@acme.example"')],
    ['an address as its text', chip('Rita', 'rita@acme.example')],
    ['no class of its own', chip('rita@acme.example', 'Rita').replace('_EType_RECIPIENT_ENTITY', 'f1x')],
  ])('are read from chips with %s', (_, given) => {
    expect(only(composesIn(form(well('TO', given) + subject()))).recipients).toEqual({
      to: ['rita@acme.example'],
      cc: [],
      bcc: [],
      roles_known: true,
      unresolved: [],
    });
  });

  it('are unresolved when a chip has a presence and a name, and while they are typed', () => {
    const { recipients } = only(
      composesIn(form(well('TO', `${chip('offlineDirectory Two', 'Directory Two')} dan`) + subject())),
    );
    expect(recipients).toMatchObject({ to: [], unresolved: ['Directory Two', 'dan'] });
  });

  it('keep their roles and are not those of the mail being read', () => {
    const read = '<div id="MSG_9_TO"><span title="read@decoy.example">read@decoy.example</span></div>';
    const wells =
      well('TO', chip('rita@acme.example', 'R')) +
      well('CC', chip('cc@acme.example', 'C')) +
      well('BCC', chip('b@acme.example', 'B'));
    expect(only(composesIn(read + form(wells + subject()))).recipients).toMatchObject({
      to: ['rita@acme.example'],
      cc: ['cc@acme.example'],
      bcc: ['b@acme.example'],
    });
  });

  it('have no known role in a collapsed header', () => {
    const header = '<div role="button">An: Rita &lt;rita@acme.example&gt;</div>';
    expect(only(composesIn(form(header))).recipients).toMatchObject({ to: ['rita@acme.example'], roles_known: false });
  });

  it('are names without addresses in a collapsed header of names', () => {
    const header = '<div><div role="button">Para: Rita Recruiter; Dana</div><button>⌄</button></div>';
    expect(only(composesIn(form(header))).recipients).toMatchObject({ to: [], unresolved: ['Rita Recruiter', 'Dana'] });
  });

  it('are not the alias one writes from', () => {
    const header =
      '<button aria-haspopup="menu" aria-label="From: alias@example.com">alias@example.com</button><div>To: Rita &lt;rita@acme.example&gt;</div>';
    expect(only(composesIn(form(header), 'ana@example.com')).recipients.to).toEqual(['rita@acme.example']);
  });
});

describe('composes in Outlook', () => {
  it('are told apart from hidden older drafts', () => {
    const old = form(well('TO', chip('old@acme.example', 'O'), '60') + subject('60'), 1).replace(
      '<div id="docking_Init',
      '<div style="display: none" id="docking_Init',
    );
    expect(
      composesIn(old + form(well('TO', chip('rita@acme.example', 'R')) + subject())).map(({ mark }) => mark),
    ).toEqual(['70']);
  });

  it('are found in a form without any frame around it', () => {
    const body = `<div>${well('TO', chip('rita@acme.example', 'R'))}${subject()}<div id="editorParent_1"><div contenteditable="true"></div></div></div>`;
    expect(only(composesIn(body)).recipients.to).toEqual(['rita@acme.example']);
  });

  it('say whether there is a subject', () => {
    expect(composesIn(form(well('TO', '') + subject('70', 'Hello'))).map((compose) => compose.subject)).toEqual([
      'Hello',
    ]);
  });
});

describe('an Outlook page whose ids have changed', () => {
  it('still gives the addresses before the editor', () => {
    const body = `<div><div title="rita@acme.example">Rita</div><input type="text" maxlength="255" value="Hi"><div contenteditable="true"></div></div>`;
    expect(composesIn(body)).toEqual([]);
    const { recipients } = only(genericComposes(document, null, []));
    expect(recipients).toMatchObject({ to: ['rita@acme.example'], roles_known: false });
  });

  it('knows recipients by their class, and the subject and the editor below them', () => {
    const wells = ['TO', 'CC', 'BCC'].map((kind) =>
      well(kind, kind === 'BCC' ? '' : chip(`${kind}@acme.example`, kind)),
    );
    const body = form(wells.join('') + subject()).replace(/ id="[^"]*"/g, '');
    const { by, recipients, editor, subject: line } = only(composesIn(body));
    expect([by, recipients.to, recipients.roles_known]).toEqual([
      'classes',
      ['to@acme.example', 'cc@acme.example'],
      false,
    ]);
    expect([editor?.textContent, line]).toEqual(['inner@editor.example', 'Hi']);
  });

  it('takes people of that class in a mail that is read for no recipients, alone and beside a compose', () => {
    const read = `<div>${chip('read@decoy.example', 'R')}<div role="document">Hello</div></div>`;
    expect(composesIn(read)).toEqual([]);
    const both = `<div>${read}${form(well('TO', chip('rita@acme.example', 'R')) + subject())}</div>`;
    expect(only(composesIn(both)).recipients.to).toEqual(['rita@acme.example']);
  });

  it('knows that it is written in when nothing of it can be read', () => {
    const host = outlook(pageOf({ body: '<button id="discardCompose"></button><div contenteditable="true"></div>' }));
    expect([host.composes(null).length, host.isWritten()]).toEqual([0, true]);
  });
});

describe("an Outlook compose's conversation", () => {
  const list = `<div data-convid="AAQkOTHER" aria-selected="false"></div><div data-convid="${CONV}" aria-selected="true"></div>`;
  const reply = form(well('TO', chip('rita@acme.example', 'R')));
  const idIn = (body: string) => only(composesIn(body)).provider_thread_id;

  it('is the selected one for a reply inside its pane, as Graph writes it', () => {
    expect(idIn(`${list}<div id="ConversationReadingPaneContainer">${reply}</div>`)).toBe('AAQkAD_x-y=');
  });

  it('is none for a new mail, though a row stays selected', () => {
    expect(idIn(`${list}<div id="ReadingPaneContainerId">${reply}</div>`)).toBeNull();
  });

  it('is none when several rows are selected', () => {
    const two = list.replaceAll('"false"', '"true"');
    expect(idIn(`${two}<div id="ConversationReadingPaneContainer">${reply}</div>`)).toBeNull();
  });
});

describe("an Outlook page's account", () => {
  const accountIn = (body: string) => outlook(pageOf({ body })).account();

  it('is on the account button when it says an address', () => {
    expect(
      accountIn('<button id="O365_MainLink_Me" aria-label="Account manager for Ana ana@Example.com"></button>'),
    ).toBe('ana@example.com');
  });

  it('is the only mailbox in the folder tree, and none of two', () => {
    const item = (title: string) => `<div role="treeitem" title="${title}"></div>`;
    expect(accountIn(`<div role="tree">${item('ana@example.com')}${item('Inbox')}</div>`)).toBe('ana@example.com');
    expect(accountIn(`<div role="tree">${item('ana@example.com')}${item('two@example.com')}</div>`)).toBeNull();
  });

  it('is not known from a name', () => {
    expect(accountIn('<button id="O365_MainLink_Me" aria-label="Account manager for Ana"></button>')).toBeNull();
  });
});
