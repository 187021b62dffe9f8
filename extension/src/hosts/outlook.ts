// Outlook on the web, all five doors to it. Anchors as of November 2026; none depends on language or generated class names.
import { addressesIn, addressOf, plain, unique } from '../addresses';
import {
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
import { TEXT_EDITOR } from './editable';
import type { Found, Host, Recipients, Spot } from './host';
import { genericRecipients } from './named';

/** Patterns of ids and attributes; the comment says where and how often each is met. */
const AT = {
  root: '[id^=docking_InitVisiblePart_]', // 1 per compose; hidden older drafts have one too
  body: '[id^=editorParent_]', // 1 per compose
  subject: 'input[id^=MSG_][id$="_SUBJECT"]', // 1 per compose; the part between is new for each form
  well: '[id$="_TO"], [id$="_CC"], [id$="_BCC"]', // in the read pane as well
  chip: '[class*="_EType_RECIPIENT_ENTITY"], [id^=REK], [contenteditable=false][draggable], [contenteditable=false][aria-label]',
  typed: '[class*="_EType_RECIPIENT_ENTITY"]', // 1 per recipient, in wells alone
  line: 'input[maxlength="255"]', // 1 per compose
  written: '[id^=editorParent_], #discardCompose',
  conversation: '#ConversationReadingPaneContainer', // only while a conversation is shown
  selected: '[data-convid][aria-selected=true]', // stays selected when nothing is shown
  me: '#O365_MainLink_Me, #mectrl_main_trigger',
  card: '#mectrl_currentAccount_secondary',
  folders: '[role=tree] [role=treeitem][title]',
} as const;

/** A label without digits (a time of day has them), a colon, names. */
const LINE = /^[^:：\d]{1,20}[:：]\s*(.+)$/;

export function outlook(doc: Document): Host {
  return {
    provider: 'microsoft',
    account: () => account(doc),
    composes: (own) => composes(doc, own),
    isWritten: () => !!doc.querySelector(AT.written),
  };
}

/** The address on the account button or card, or the only one in the folder tree; a pop-out asks the window that opened it. */
function account(doc: Document): string | null {
  const labels = all(doc, `${AT.me}, ${AT.card}`).flatMap((element) => [
    addressIn(element),
    addressOf(element.textContent),
  ]);
  const mailboxes = unique(all(doc, AT.folders).flatMap((item) => addressesIn(item.getAttribute('title'))));
  return labels.find(Boolean) ?? (mailboxes.length === 1 ? mailboxes[0] : null) ?? fromOpener(doc);
}

function fromOpener(doc: Document): string | null {
  const view = doc.defaultView;
  if (view?.location.href !== 'about:blank' || !view.opener) return null;
  try {
    return account((view.opener as Window).document);
  } catch {
    return null;
  }
}

function composes(doc: Document, own: string | null): Found[] {
  const roots = new Set<Element>();
  for (const seed of all(doc, `${AT.body}, ${AT.subject}`)) {
    const root = rootOf(seed);
    if (root?.querySelector(`${AT.body} ${TEXT_EDITOR}`)) roots.add(root);
  }
  return [...[...roots].filter(isVisible).map((root) => found(root, own)), ...byClassIn(doc, [...roots])];
}

/** Composes that lost their ids: recipients keep their class, and subject and editor stand below them. */
function byClassIn(doc: Document, known: Element[]): Found[] {
  const isFree = (element: Element) => !known.some((root) => root.contains(element));
  const wells = all(doc, TEXT_EDITOR).filter((one) => isFree(one) && isVisible(one) && one.querySelector(AT.typed));
  const isBody = (one: Element, root: Element) =>
    isFree(one) && !wells.includes(one as HTMLElement) && all(root, AT.line).some((line) => isBefore(line, one));
  const editorOf = (root: Element) => all(root, TEXT_EDITOR).find((one) => isBody(one, root)) ?? null;
  const roots = new Set(wells.flatMap((well) => climb(well, (element) => editorOf(element) !== null) ?? []));
  return [...roots].map((root) => {
    const inside = wells.filter((well) => root.contains(well));
    const read = recipientsOf(inside.flatMap((well) => chipsOf(well, null)));
    return { ...found(root, null), editor: editorOf(root), visible: true, recipients: read, by: 'classes' };
  });
}

function rootOf(seed: Element): Element | null {
  const docked = seed.closest(AT.root);
  if (docked) return docked;
  const isWhole = (element: Element) =>
    element.querySelectorAll(AT.body).length === 1 && !!element.querySelector(`${AT.subject}, ${AT.well}`);
  const { body } = seed.ownerDocument;
  return climb(seed, isWhole) ?? (isWhole(body) && body.querySelectorAll(AT.subject).length === 1 ? body : null);
}

function found(root: Element, own: string | null): Found {
  const editor = root.querySelector<HTMLElement>(`${AT.body} ${TEXT_EDITOR}`);
  const subject = root.querySelector(AT.subject) ?? root.querySelector(AT.line);
  return {
    root,
    editor,
    mark:
      subject?.id.match(/^MSG_(.+)_SUBJECT$/)?.[1] ?? wellsOf(root, editor)[0]?.id.match(/^MSG_(.+)_\w+$/)?.[1] ?? null,
    recipients: recipients(root, editor, own),
    subject: fieldValue(subject),
    provider_thread_id: threadId(root),
    visible: !!editor && isVisible(editor),
    by: 'names',
    spot: spot(root),
  };
}

function recipients(root: Element, editor: Element | null, own: string | null): Recipients {
  const wells = wellsOf(root, editor);
  if (wells.length) return recipientsOf(wells.flatMap((well) => chipsOf(well, roleOf(well))));
  if (!editor) return recipientsOf([]);
  if (root.matches('body')) return recipientsOf([]);
  const header = genericRecipients(root, editor, own);
  return header.to.length ? header : { ...header, roles_known: false, unresolved: collapsedNames(root, editor) };
}

/** Wells of the form, not the lines of the same name in a mail being read: those cannot be typed into. */
function wellsOf(root: Element, editor: Element | null): Element[] {
  const form = all(root, AT.well).filter((well) => !editor?.contains(well) && !well.closest('[role=document]'));
  return form.filter((well) => well.matches(TEXT_EDITOR) || well.querySelector(TEXT_EDITOR));
}

function roleOf(well: Element): Role {
  return (well.id.match(/_(TO|CC|BCC)$/)?.[1] ?? 'TO').toLowerCase() as Role;
}

function chipsOf(well: Element, role: Role | null): Chip[] {
  const floats = floatingIn(well);
  const marked = all(well, AT.chip).filter((chip) => !floats(chip));
  const chips = marked.filter((chip) => !marked.some((other) => other !== chip && other.contains(chip)));
  const typed = typedText(well.matches(TEXT_EDITOR) ? well : well.querySelector(TEXT_EDITOR), chips);
  return [...chips.map((chip) => chipOf(chip, role)), ...typed.map((name): Chip => ({ role, address: null, name }))];
}

/** What stands in the well beside the chips: typed, not yet taken. */
function typedText(well: Element | null, chips: Element[]): string[] {
  if (!well) return [];
  const walker = well.ownerDocument.createTreeWalker(well, NodeFilter.SHOW_TEXT);
  const floats = floatingIn(well);
  const texts: string[] = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode as Text;
    if (!chips.some((chip) => chip.contains(parentElement)) && !floats(parentElement))
      texts.push(...data.split(/[;,]/).map(plain));
  }
  return texts.filter(Boolean);
}

/** A collapsed reply header reads `To: Rita; Dana` in any language: the names after the label of the first such line. */
function collapsedNames(root: Element, editor: Element): string[] {
  const lines = all(root, 'div, span, button').filter(
    (element) =>
      LINE.test(plain(element.textContent)) &&
      isBefore(element, editor) &&
      !element.matches('[aria-haspopup]') &&
      !element.querySelector('input, [aria-haspopup]'),
  );
  const line = lines.find((outer) => !lines.some((inner) => inner !== outer && outer.contains(inner)));
  const names = plain(line?.textContent).match(LINE)?.[1] ?? '';
  const between = /[;；؛]/.test(names) ? /[;；؛]/ : /[,，،、]/;
  return names
    .split(between)
    .map(plain)
    .filter((name) => /\p{L}/u.test(name));
}

/** The open conversation's id as Graph writes it, for a reply inside its pane only. */
function threadId(root: Element): string | null {
  const pane = root.closest(AT.conversation);
  if (!pane) return null;
  const rows = all(root.ownerDocument, AT.selected).filter((row) => !pane.contains(row));
  const stated = pane.getAttribute('data-convid') ?? pane.closest('[data-convid]')?.getAttribute('data-convid');
  return graphId(stated ?? (rows.length === 1 ? rows[0]?.getAttribute('data-convid') : null) ?? fromAddress(root));
}

/** `/mail/inbox/id/AAQk…`: ids of conversations begin so, ids of single mails do not. */
function fromAddress(root: Element): string | null {
  const segment = root.ownerDocument.defaultView?.location.pathname.match(/\/id\/(AAQk[^/]+)/)?.[1];
  return segment ? decodeURIComponent(segment) : null;
}

function graphId(id: string | null | undefined): string | null {
  return id ? id.replaceAll('/', '-').replaceAll('+', '_') : null;
}

/** Before the docking root and outside the keyed form, unless its parent lays children out in a row. */
function spot(root: Element): Spot | null {
  const parent = root.parentElement;
  if (!parent || !root.matches(AT.root)) return null;
  const { display, flexDirection } = getComputedStyle(parent);
  const inRow = display.includes('grid') || (display.includes('flex') && !flexDirection.startsWith('column'));
  return inRow ? null : { parent, before: root };
}
