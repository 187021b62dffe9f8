// Any page with an editor and a line of recipients: the last rung, loaded for mail pages that changed, and the host of /try.
import { ADDRESSED, addressIn, all, climb, fieldValue, isBefore, isVisible } from './dom';
import { TEXT_EDITOR } from './editable';
import type { Found, Host } from './host';
import { genericRecipients, OWN, ROWS } from './named';

const TEXT_INPUT = 'input[type=text], input:not([type]), input[type=email]';
const NOT_A_SUBJECT =
  '[role=combobox], [role=searchbox], [type=search], [name=to], [name=cc], [name=bcc], [aria-autocomplete=list]';
/** A field that people are entered in. */
const PEOPLE =
  '[role=combobox], [type=email], [aria-autocomplete], [aria-haspopup=listbox], [role=listbox], input[list]';

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
  return !editor.matches('[role=combobox]') && !editor.closest('[id$="_TO"], [id$="_CC"], [id$="_BCC"]');
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
    return element.matches('main, [role=main]') || others.some((other) => isFree(other, []) && isVisible(other));
  };
  const root = climb(editor, (element) => stop(element) || !!subjectIn(element, editor));
  return root && root !== editor && !stop(root) ? root : null;
}

function subjectIn(root: Element, editor: Element): HTMLInputElement | null {
  const inputs = all(root, TEXT_INPUT) as HTMLInputElement[];
  return (
    inputs.find(
      (input) => !input.matches(NOT_A_SUBJECT) && !input.closest('[role=search]') && isBefore(input, editor),
    ) ?? null
  );
}

function foundIn(root: Element, editor: HTMLElement, own: string | null): Found | null {
  const recipients = genericRecipients(root, editor, own);
  const subject = subjectIn(root, editor);
  const rows = all(root, ROWS).filter((row) => !editor.contains(row));
  if (!rows.length && !(recipients.to.length && subject && namesPeople(root, subject))) return null;
  return {
    root,
    editor,
    mark: root.id || null,
    recipients,
    subject: fieldValue(subject),
    provider_thread_id: null,
    visible: true,
    by: 'shape',
    spot: root.matches('div, form, section') ? { parent: root, before: root.firstChild } : null,
  };
}

/**
 * Does the page mark somebody as a person, or have a field for people, before the subject? People are named first in a
 * mail; where they come after a title, they are invited to something or looked up. An address in a note is nobody.
 */
function namesPeople(root: Element, subject: Element): boolean {
  const marks = all(root, `${ADDRESSED}, ${PEOPLE}, ${TEXT_EDITOR}`).filter(
    (element) => isBefore(element, subject) && !element.closest(OWN),
  );
  return marks.some((element) => !element.matches(ADDRESSED) || addressIn(element) !== null);
}
