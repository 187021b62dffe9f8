// Any page with an editor and a line of recipients: the last rung for mail pages that changed, and the host of /try.
import { addressesIn, addressOf, plain } from '../addresses';
import {
  addressIn,
  all,
  type Chip,
  climb,
  fieldValue,
  isBefore,
  isVisible,
  type Role,
  recipientsOf,
  TEXT_EDITOR,
} from './dom';
import type { Found, Host, Recipients } from './host';

const TEXT_INPUT = 'input[type="text"], input:not([type]), input[type="email"]';
const NOT_A_SUBJECT =
  '[role="combobox"], [role="searchbox"], [type="search"], [name="to"], [name="cc"], [name="bcc"], [aria-autocomplete="list"]';
const ADDRESS_ATTRIBUTES = ['email', 'data-hovercard-id', 'data-email', 'title', 'aria-label'];
const ADDRESSED = '[email], [data-hovercard-id], [data-email], [title], [aria-label]';
const ROWS =
  'input[name="to"], input[name="cc"], input[name="bcc"], textarea[name="to"], textarea[name="cc"], textarea[name="bcc"]';
const OWN = 'aftertouch-banner, script, style, [role="search"], [aria-haspopup], [name="from"]';
/** A field that people are entered in. */
const PEOPLE =
  '[role="combobox"], [type="email"], [aria-autocomplete], [aria-haspopup="listbox"], [role="listbox"], input[list]';
const CHIP_TEXT_LIMIT = 120;

export function generic(doc: Document): Host {
  return {
    provider: null,
    account: () => null,
    composes: (own) => genericComposes(doc, own, []),
    isWritten: () => false,
  };
}

/** Composes outside `known` roots, found by shape alone. One without any trace of recipients is none: chats and notes. */
export function genericComposes(doc: Document, own: string | null, known: Element[]): Found[] {
  const editors = all(doc, TEXT_EDITOR).filter((editor) => isFree(editor, known) && isVisible(editor));
  return editors.flatMap((editor) => {
    const root = rootOf(editor);
    const found = root && foundIn(root, editor, own);
    return found ? [found] : [];
  });
}

/** A top-level editor that no known compose holds and that is no recipients' well. */
function isFree(editor: Element, known: Element[]): boolean {
  if (editor.parentElement?.closest(TEXT_EDITOR) || known.some((root) => root.contains(editor))) return false;
  return !editor.matches('[role="combobox"]') && !editor.closest('[id$="_TO"], [id$="_CC"], [id$="_BCC"]');
}

/**
 * The nearest ancestor with a subject field, unless a second editor or the page's main part comes first. What stands
 * before the subject is no second editor: recipients are entered there.
 */
function rootOf(editor: HTMLElement): Element | null {
  const stop = (element: Element) => {
    const subject = subjectIn(element, editor);
    const others = all(element, TEXT_EDITOR).filter(
      (other) => !editor.contains(other) && !(subject && isBefore(other, subject)),
    );
    return element.matches('main, [role="main"]') || others.some((other) => isFree(other, []) && isVisible(other));
  };
  const root = climb(editor, (element) => stop(element) || !!subjectIn(element, editor));
  return root && root !== editor && !stop(root) ? root : null;
}

function subjectIn(root: Element, editor: Element): HTMLInputElement | null {
  const inputs = all(root, TEXT_INPUT) as HTMLInputElement[];
  return (
    inputs.find(
      (input) => !input.matches(NOT_A_SUBJECT) && !input.closest('[role="search"]') && isBefore(input, editor),
    ) ?? null
  );
}

function foundIn(root: Element, editor: HTMLElement, own: string | null): Found | null {
  const recipients = genericRecipients(root, editor, own);
  const rows = all(root, ROWS).filter((row) => !editor.contains(row));
  if (!rows.length && !recipients.to.length) return null;
  if (!rows.length && !namesPeople(root, editor)) return null;
  return {
    root,
    editor,
    mark: root.id || null,
    recipients,
    subject: fieldValue(subjectIn(root, editor)),
    provider_thread_id: null,
    visible: true,
    by: 'shape',
    spot: root.matches('div, form, section') ? { parent: root, before: root.firstChild } : null,
  };
}

/** Does the page mark somebody as a person, or have a field for people? An address that merely stands in a note is none. */
function namesPeople(root: Element, editor: Element): boolean {
  const marks = all(root, `${ADDRESSED}, ${PEOPLE}, ${TEXT_EDITOR}`).filter(
    (element) => !editor.contains(element) && !element.contains(editor) && !element.closest(OWN),
  );
  return marks.some((element) => !element.matches(ADDRESSED) || addressIn(element, ADDRESS_ATTRIBUTES) !== null);
}

/** Addresses of the nodes before the editor; roles are known only where fields are named. */
export function genericRecipients(root: Element, editor: Element, own: string | null): Recipients {
  const rows = all(root, ROWS).filter((row) => !editor.contains(row));
  const named = rows.flatMap((row) =>
    addressesIn(fieldValue(row)).map(
      (address): Chip => ({ role: row.getAttribute('name') as Role, address, name: address }),
    ),
  );
  if (rows.length && named.length) return recipientsOf(named);
  const before = (element: Element) => isBefore(element, editor) && !element.closest(OWN);
  const attributed = all(root, ADDRESSED)
    .filter(before)
    .map((element) => addressIn(element, ADDRESS_ATTRIBUTES));
  const written = all(root, 'span, div, a, li, button').filter((element) => before(element) && isChipText(element));
  const found = [...attributed, ...written.map((element) => addressOf(element.textContent))];
  return recipientsOf(found.filter((address) => address !== own).map((address) => ({ role: null, address, name: '' })));
}

/** A leaf that says an address, or `Name <address>`, and nothing longer. */
function isChipText(element: Element): boolean {
  if (element.firstElementChild) return false;
  const text = plain(element.textContent);
  return text.length <= CHIP_TEXT_LIMIT && (addressOf(text) === text.toLowerCase() || /<[^<>]+@[^<>]+>;?$/.test(text));
}
