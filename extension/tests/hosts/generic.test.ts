import { describe, expect, it } from 'vitest';
import { generic } from '../../src/hosts/generic';
import { only, pageOf } from '../page';

const FORM = `<form id="compose"><input name="to" value="Rita &lt;Rita@acme.example&gt;, dana@acme.example"><input name="subject" value="Hi">
  <div contenteditable role="textbox" id="body">Hello quoted@decoy.example</div><button>Send</button></form>`;

describe('a plain compose page', () => {
  it('gives its recipients, subject and editor', () => {
    const compose = only(generic(pageOf({ body: FORM })).composes(null));
    expect(compose.recipients).toMatchObject({ to: ['rita@acme.example', 'dana@acme.example'], roles_known: true });
    expect([compose.subject, compose.editor?.id, compose.mark]).toEqual(['Hi', 'body', 'compose']);
  });

  it('is a compose before anybody is named in it', () => {
    expect(only(generic(pageOf({ body: FORM.replace(/value="Rita[^"]*"/, '') })).composes(null)).recipients.to).toEqual(
      [],
    );
  });
});

describe('a page that changed beyond knowing', () => {
  it('still gives addresses before the editor, without roles and without oneself', () => {
    const body = `<div><div title="Rita &lt;rita@acme.example&gt;">Rita</div><span>dana@acme.example</span><span>ana@example.com</span>
      <input type="text" value="Hi"><div contenteditable="true">after</div><span>later@decoy.example</span></div>`;
    const { recipients } = only(generic(pageOf({ body })).composes('ana@example.com'));
    expect(recipients).toMatchObject({ to: ['rita@acme.example', 'dana@acme.example'], roles_known: false });
  });

  it('has its recipients before the subject, in wells that are editors too', () => {
    const well = (chips: string) => `<div><div role="textbox" contenteditable="true">${chips}</div></div>`;
    const chip = '<span contenteditable="false" aria-label="Rita &lt;rita@acme.example&gt;">Rita</span>';
    const body = `<div><div>${well(chip)}${well('')}<input type="text" value="Hi"></div>
      <div role="textbox" contenteditable="true" id="body">Hello</div></div>`;
    const compose = only(generic(pageOf({ body })).composes(null));
    expect([compose.editor?.id, compose.subject, compose.recipients.to]).toEqual(['body', 'Hi', ['rita@acme.example']]);
  });

  it('is not seen in chats, notes and comments', () => {
    const chat = '<div><span>Chat</span><div contenteditable="true" role="textbox"></div></div>';
    const note =
      '<section><input type="text"><p>Ask note@decoy.example about it</p><div contenteditable="true"></div></section>';
    const assigned =
      '<section><input type="text" value="Task"><span>rita@decoy.example</span><div contenteditable="true"></div></section>';
    const search =
      '<div><input type="text" role="combobox"><span>a@decoy.example</span><div contenteditable="true"></div></div>';
    expect(
      generic(pageOf({ body: `<main>${chat}${note}${assigned}</main>${chat}${note}${assigned}${search}` })).composes(
        null,
      ),
    ).toEqual([]);
  });
});
