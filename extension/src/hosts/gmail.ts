// Gmail on the web: docked, full-screen, inline and popped-out composes. Anchors as of November 2026; none depends on language.
import { addressesIn, addressOf, plain } from '../addresses';
import {
  ADDRESSED,
  addressIn,
  all,
  type Chip,
  chipOf,
  climb,
  fieldValue,
  floatingIn,
  isBefore,
  isVisible,
  type Role,
  recipientsOf,
} from './dom';
import { decodeToken, hexOf } from './gmail_token';
import type { Found, Host, Recipients, Spot } from './host';
import { genericRecipients } from './named';

/** What a compose is known by; the comment says how often each is met. */
interface Anchors {
  by: Found['by'];
  editor: string; // 1 per compose
  subject: string; // 1 per compose, 0 by 0 pixels in an inline reply
  row: string; // 1 per role, and in the old form hidden inputs and text areas
}

/** Names that have lasted since 2015 or so. */
const NAMES: Anchors = {
  by: 'names',
  editor: '[g_editable=true]',
  subject: 'input[name=subjectbox]',
  row: '[name=to], [name=cc], [name=bcc]',
};

/** Class tokens of November 2026, for composes that have lost some of the names. */
const CLASSES: Anchors = {
  by: 'classes',
  editor: `${NAMES.editor}, .Am[contenteditable=true]`,
  subject: `${NAMES.subject}, input.aoT`,
  row: `${NAMES.row}, .anm`,
};

const AT = {
  id: 'input[name=composeid]', // 1 per compose
  draft: 'input[name=draft]', // "undefined" | "null" | "#msg-a:r…"
  from: 'input[name=from]', // the address it is sent from, absent where there is one only
  thread: 'input[name=lts]', // hex thread id, empty in a new mail
  chip: '[role=option]',
  summary: 'span[email], [role=link][email]', // the collapsed row
  written: '[g_editable=true], [role=dialog] [role=textbox][contenteditable=true]',
  main: '[role=main]',
  openThread: '[data-legacy-thread-id]',
  account: 'meta[name=og-profile-acct]',
  signOut: 'a[href*=SignOutOptions]',
} as const;

export function gmail(doc: Document): Host {
  return {
    provider: 'google',
    account: () => account(doc),
    composes: (own) => composes(doc, own),
    isWritten: () => !!doc.querySelector(AT.written),
  };
}

/** The mailbox's own address; the page may show it late. */
function account(doc: Document): string | null {
  const stated = addressOf(doc.querySelector(AT.account)?.getAttribute('content'));
  return stated ?? addressOf(doc.querySelector(AT.signOut)?.getAttribute('aria-label')) ?? fromTitle(doc.title);
}

/** Titles read `Subject - address - Gmail`: only a part that is nothing but an address counts, and the last of them. */
function fromTitle(title: string): string | null {
  const parts = title.split(' - ').map((part) => part.trim());
  return parts.flatMap((part) => (addressOf(part) === part.toLowerCase() ? [part.toLowerCase()] : [])).at(-1) ?? null;
}

function composes(doc: Document, own: string | null): Found[] {
  const roots = new Map<Element, Anchors>();
  for (const at of [NAMES, CLASSES]) {
    for (const seed of all(doc, `${at.editor}, ${at.subject}, ${AT.id}`)) {
      if ([...roots.keys()].some((root) => root.contains(seed))) continue;
      const core = climb(seed, (element) => isWhole(element, at)) ?? (isWhole(doc.body, at) ? doc.body : null);
      if (core) roots.set(widen(core, at), at);
    }
  }
  return [...roots].filter(([root]) => !inStaleView(root)).map(([root, at]) => found(root, own, at));
}

/** One editor and one set of fields, and nothing of a mail being read: composes appear in steps, two may stand side by side. */
function isWhole(element: Element, at: Anchors): boolean {
  const editors = element.querySelectorAll(at.editor).length;
  const fields = [at.subject, AT.id].map((field) => element.querySelectorAll(field).length);
  return editors === 1 && Math.max(...fields) === 1 && !element.querySelector(AT.openThread);
}

/** From the smallest part that has editor and subject out to the region or dialog, while that holds this compose alone. */
function widen(core: Element, at: Anchors): Element {
  const outer = [core.closest('[role=dialog]'), core.closest('[role=region]')];
  return outer.find((element) => element?.querySelectorAll(at.editor).length === 1) ?? core;
}

/** Gmail keeps the view it left in the page, hidden; a reply in it is not being written. */
function inStaleView(root: Element): boolean {
  const view = root.closest(AT.main);
  return !!view && !isVisible(view);
}

function found(root: Element, own: string | null, at: Anchors): Found {
  const editor = root.querySelector<HTMLElement>(at.editor);
  return {
    root,
    editor,
    mark:
      fieldValue(root.querySelector(AT.id)) ||
      root.querySelector('[data-compose-id]')?.getAttribute('data-compose-id') ||
      null,
    recipients: recipients(root, editor, own, at),
    subject:
      fieldValue(root.querySelector(CLASSES.subject)) ||
      fieldValue(root.querySelector('input[type=hidden][name=subject]')),
    provider_thread_id: threadId(root),
    visible: !!editor && isVisible(editor),
    by: at.by,
    spot: spot(root, editor),
  };
}

/** Rows with roles, the collapsed summary without; where neither is left, options with an address, then addresses at all. */
function recipients(root: Element, editor: Element | null, own: string | null, at: Anchors): Recipients {
  const outside = (element: Element) => !editor?.contains(element);
  const rows = all(root, at.row).filter(outside);
  const popups = popupsOf(root);
  const chips = rows.flatMap((row) => chipsOf(row, popups));
  const named = rows.some(isVisible) ? [] : summaryOf(root, rows, !chips.length).filter(outside);
  const mine = [own, addressOf(fieldValue(root.querySelector(AT.from)))];
  const summed = named.map(summaryChip).filter(({ address }) => !mine.includes(address) || !address);
  if (rows.length || named.length) return recipientsOf([...chips, ...summed]);
  const floats = floatingIn(root);
  const loose = all(root, `${AT.chip}[data-hovercard-id]`).filter((chip) => outside(chip) && !floats(chip));
  const read = recipientsOf(loose.map((chip) => chipOf(chip, null)).filter(({ address }) => address !== own));
  return read.to.length || !editor || root.matches('body') ? read : genericRecipients(root, editor, own);
}

/** The collapsed row as far as it shows; an open form keeps an old one, hidden. `evenHidden` when there is nothing else. */
function summaryOf(root: Element, rows: Element[], evenHidden: boolean): Element[] {
  const spans = all(root, AT.summary).filter((span) => !rows.some((row) => row.contains(span)) && !isFrom(span));
  return spans.filter((span) => evenHidden || isVisible(span));
}

function summaryChip(span: Element): Chip {
  return { role: null, address: addressIn(span), name: plain(span.textContent) };
}

/** Suggestion lists are options too; the field that opened one names it. */
function popupsOf(root: Element): Element[] {
  const ids = ['aria-controls', 'aria-owns'].flatMap((name) =>
    all(root, `[${name}]`).flatMap((field) => field.getAttribute(name)?.split(' ') ?? []),
  );
  return ids.flatMap((id) => root.ownerDocument.getElementById(id) ?? []);
}

function chipsOf(row: HTMLElement, popups: Element[]): Chip[] {
  const role = row.getAttribute('name') as Role | null;
  if (row.matches('input, textarea')) return typedIn(row, role);
  const floats = floatingIn(row);
  const isOwn = (chip: Element) => !floats(chip) && !popups.some((popup) => popup.contains(chip));
  const options = all(row, AT.chip).filter(isOwn);
  const chips = options.length ? options : all(row, '[data-hovercard-id], [email]').filter(isOwn);
  return chips.filter(namesSomebody).map((chip) => chipOf(chip, role));
}

function namesSomebody(chip: Element): boolean {
  return chip.matches(`[data-name], ${ADDRESSED}`) || chipOf(chip, null).address !== null;
}

/** The old form: an address with the caret behind it is still being typed. */
function typedIn(field: HTMLElement, role: Role | null): Chip[] {
  const text = fieldValue(field);
  const last = field === field.ownerDocument.activeElement ? text.match(/[^,;]*$/)?.[0] : '';
  const taken = addressesIn(text.slice(0, text.length - (last?.length ?? 0)));
  const chips = taken.map((address): Chip => ({ role, address, name: address }));
  return last?.trim() ? [...chips, { role, address: null, name: plain(last) }] : chips;
}

function isFrom(element: Element): boolean {
  return !!element.closest('[name=from]');
}

/** The compose's own field, then (for a reply inside a thread) the open thread, then the page's address. */
function threadId(root: Element): string | null {
  const stated = hexThread(fieldValue(root.querySelector(AT.thread)));
  if (stated) return stated;
  const view = root.closest(AT.main);
  if (!view || isPopout(root)) return draftThread(root);
  return openThread(root) ?? permanentThread(view) ?? shownThread(root);
}

/** The heading that stands nearest above the reply: beside it, rows of a list may name threads as well (preview pane). */
function openThread(root: Element): string | null {
  const near = climb(root, (element) => all(element, AT.openThread).some(isVisible));
  const open = near && all(near, AT.openThread).filter((one) => isBefore(one, root) && isVisible(one));
  return hexThread(open?.at(-1)?.getAttribute('data-legacy-thread-id'));
}

function hexThread(value: string | null | undefined): string | null {
  return value && /^[0-9a-f]{10,16}$/i.test(value) ? value.toLowerCase() : null;
}

function permanentThread(view: Element): string | null {
  const decimal = view
    .querySelector('[data-thread-perm-id]')
    ?.getAttribute('data-thread-perm-id')
    ?.match(/^thread-f:(\d+)$/)?.[1];
  return decimal ? hexOf(decimal) : null;
}

/** `#inbox/FMfcgz…`: the thread the view shows. */
function shownThread(root: Element): string | null {
  const segment = hashOf(root).split('?')[0]?.split('/').at(-1) ?? '';
  return hexThread(segment) ?? decodeToken(segment)?.threadId ?? null;
}

/** `?compose=A,B`: the token that names this compose's draft; a lone token and a lone dialog belong together. */
function draftThread(root: Element): string | null {
  const tokens = (hashOf(root).match(/[?&]compose=([^&]+)/)?.[1] ?? '').split(/,|%2C/i).map(decodeToken);
  const draft = fieldValue(root.querySelector(AT.draft)).replace(/^#/, '');
  const named = tokens.find((token) => token?.draft && token.draft === draft);
  const lone =
    tokens.length === 1 &&
    !draft.startsWith('msg-') &&
    root.ownerDocument.querySelectorAll(CLASSES.editor).length === 1;
  return (named ?? (lone ? tokens[0] : null))?.threadId ?? null;
}

function hashOf(root: Element): string {
  return root.ownerDocument.defaultView?.location.hash ?? '';
}

function isPopout(root: Element): boolean {
  return (
    /\/popout\b/.test(root.ownerDocument.defaultView?.location.pathname ?? '') &&
    !root.closest(AT.main)?.querySelector(AT.openThread)
  );
}

function spot(root: Element, editor: Element | null): Spot | null {
  const region = editor?.closest('[role=region]');
  const parent = region && root.contains(region) ? region : root;
  return parent.matches('div, form, section, td') ? { parent, before: parent.firstChild } : null;
}
