// The popup, and the panel at the side: log a call in two clicks, ask whether this is the moment, see what passed and what is next.
import { ask, button, make, part, say, translate } from '../own_page';
import type { Answer, ListedRecipient, Outcome, Status, TimeLine, Verdict } from '../protocol';

const SEARCH_AFTER_MS = 200;
const SHOWN_DATES = 8;
const isPanel = document.body.classList.contains('panel');
const shownEntries = isPanel ? 40 : 6;
const OUTCOMES: Outcome[] = ['no_answer', 'message_left', 'spoke'];
const MOODS = ['none', 'calm', 'upset'] as const;

const recipient = part<HTMLInputElement>('recipient');
const told = part('told');
let searching: ReturnType<typeof setTimeout> | undefined;

/** Who stands in the field; null as long as that is no address. */
function named(): string | null {
  const value = recipient.value.trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? value : null;
}

function addressed(): string | null {
  const address = named();
  if (address) return address;
  told.textContent = say('need_recipient');
  recipient.focus();
  return null;
}

async function log(outcome: Outcome): Promise<void> {
  const address = addressed();
  if (!address) return;
  const when = part<HTMLInputElement>('when').value;
  const mood = part<HTMLSelectElement>('mood').value;
  const status = await ask<Status>({
    type: 'log',
    touch: {
      recipient: address,
      channel: outcome === 'message_left' ? 'voicemail' : 'call',
      outcome,
      at: (when ? new Date(when) : new Date()).toISOString(),
      mood: mood === 'calm' || mood === 'upset' ? mood : null,
      note_promise: part<HTMLInputElement>('promise').value.trim() || null,
    },
  });
  showQueue(status);
  told.textContent = say(status.queued ? 'queued' : status.failed.includes(address) ? 'failed' : 'logged');
  if (status.failed.includes(address)) return;
  clearDetails();
  await showLine();
}

/** They belong to the call just logged and to no other. */
function clearDetails(): void {
  part<HTMLInputElement>('when').value = part<HTMLInputElement>('promise').value = '';
  part<HTMLSelectElement>('mood').value = MOODS[0];
}

async function mayCall(): Promise<void> {
  const address = addressed();
  if (!address) return;
  const answer = await ask<Answer<Verdict>>({ type: 'may-call', address });
  const lines = answer.ok ? callLines(answer.value) : [make('p', say(`page_${answer.trouble}`))];
  if (address === named()) part('answer').replaceChildren(...lines);
}

function callLines({ call }: Verdict): HTMLElement[] {
  if (!call) return [make('p', say('no_call'))];
  const until = call.until ? ` ${say('until', whenOf(call.until))}` : '';
  return [make('p', say(`call_${call.answer}`) + until, 'strong'), ...call.reasons.map((reason) => make('p', reason))];
}

function whenOf(value: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const date = new Date(isDay ? `${value}T12:00:00` : value);
  const clock = isDay ? {} : ({ hour: '2-digit', minute: '2-digit' } as const);
  return new Intl.DateTimeFormat(undefined, { weekday: 'short', month: 'short', day: 'numeric', ...clock }).format(
    date,
  );
}

function showQueue({ queued, failed }: Status): void {
  const lines = [
    ...(queued ? [make('span', say('waiting', `${queued}`))] : []),
    ...(failed.length ? [make('span', say('refused', failed.join(', '))), button(say('drop'), drop)] : []),
  ];
  part('queue').replaceChildren(...lines);
}

/** What passed between the two, the newest first, and when writing is good again; nothing while nobody is named. */
async function showLine(): Promise<void> {
  const address = named();
  const answer = address ? await ask<Answer<TimeLine>>({ type: 'time-line', address }) : null;
  if (address !== named()) return;
  part('line-title').hidden = !answer;
  part('line').replaceChildren(...(answer ? lineOf(answer) : []));
  const next = answer?.ok && answer.value.next_good_date;
  part('next').textContent = next ? `${say('next')}: ${whenOf(next)}` : '';
}

function lineOf(answer: Answer<TimeLine>): HTMLElement[] {
  if (!answer.ok) return [make('li', say(`page_${answer.trouble}`))];
  const lines = answer.value.entries.slice(-shownEntries).reverse().map(entryLine);
  return lines.length ? lines : [make('li', say('no_line'))];
}

function entryLine({ at, direction, title, link }: TimeLine['entries'][number]): HTMLElement {
  const who = direction === 'in' || direction === 'out' ? `, ${say(direction)}` : '';
  const line = make('li', `${whenOf(at)}${who}: `);
  const seen = link ? Object.assign(make('a', title), { href: link, target: '_blank', rel: 'noopener' }) : title;
  line.append(seen);
  return line;
}

async function drop(): Promise<void> {
  await ask({ type: 'drop-failed' });
  await refresh();
}

async function suggest(): Promise<void> {
  const answer = await ask<Answer<ListedRecipient[]>>({ type: 'recipients', q: recipient.value.trim().slice(0, 100) });
  if (!answer.ok) return;
  const options = answer.value.map(({ address, name }) =>
    Object.assign(make('option', name ?? ''), { value: address }),
  );
  part('recipients').replaceChildren(...options);
}

function choose(address: string): void {
  recipient.value = address;
  forget();
  void showLine();
}

/** What was said of whoever stood there before. */
function forget(): void {
  told.textContent = '';
  part('answer').replaceChildren();
}

/** Whom it is good to write to again, the next first; a press shows what passed between the two. */
async function showDates(): Promise<void> {
  const answer = await ask<Answer<ListedRecipient[]>>({ type: 'dates' });
  if (!answer.ok) {
    part('dates').replaceChildren(make('li', say(`page_${answer.trouble}`)));
    return;
  }
  const dated = answer.value
    .flatMap(({ address, next_good_date }) => (next_good_date ? [{ address, day: next_good_date }] : []))
    .sort((a, b) => a.day.localeCompare(b.day))
    .slice(0, SHOWN_DATES);
  const lines = dated.map(({ address, day }) => {
    const line = make('li', `${whenOf(day)}: `);
    line.append(button(address, () => choose(address)));
    return line;
  });
  part('dates').replaceChildren(...(lines.length ? lines : [make('li', say('no_dates'))]));
}

async function refresh(): Promise<void> {
  const status = await ask<Status>({ type: 'status' });
  recipient.value ||= status.recent[0] ?? '';
  part('recent').replaceChildren(...status.recent.slice(1, 4).map((one) => button(one, () => choose(one))));
  if (!status.paired) leadToPairing();
  showQueue(status);
  await showLine();
}

function leadToPairing(): void {
  const way = Object.assign(make('a', say('pair_title')), { href: 'options.html', target: '_blank' });
  told.replaceChildren(say('not_paired'), ' ', way);
}

/** Chromium's side panel, Firefox's sidebar, or a tab; the browser asks for a press, so nothing may be awaited before. */
async function openAtSide(windowId: number | undefined): Promise<void> {
  const firefox = globalThis as { browser?: { sidebarAction?: { open(): Promise<void> } } };
  try {
    if (firefox.browser?.sidebarAction) await firefox.browser.sidebarAction.open();
    else await chrome.sidePanel.open({ windowId: windowId ?? -1 });
  } catch {
    window.open('panel.html', '_blank', 'noopener');
  }
  window.close();
}

/** The panel stays open while mails are written: it turns to whomever the compose is for, unless a call is being noted. */
function followComposes(): void {
  let seen = '';
  chrome.storage.session.onChanged.addListener(({ recent }) => {
    const [first] = (recent?.newValue as string[] | undefined) ?? [];
    if (!first || first === seen || part<HTMLInputElement>('promise').value) return;
    seen = first;
    choose(first);
  });
}

translate();
if (isPanel) followComposes();
else
  void chrome.windows.getCurrent().then(({ id }) => part('side').addEventListener('click', () => void openAtSide(id)));
part('side').hidden = isPanel;
part('outcomes').append(...OUTCOMES.map((one) => button(say(one), () => log(one))));
part('mood').append(...MOODS.map((mood) => Object.assign(make('option', say(`mood_${mood}`)), { value: mood })));
part('may-call').addEventListener('click', () => void mayCall());
recipient.addEventListener('input', () => {
  forget();
  clearTimeout(searching);
  searching = setTimeout(() => Promise.all([suggest(), showLine()]), SEARCH_AFTER_MS);
});
void refresh();
void suggest();
void showDates();
