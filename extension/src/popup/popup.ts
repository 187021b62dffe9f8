// Log a call in two clicks, and ask whether this is the moment to call.
import { ask, button, make, part, say, translate } from '../own_page';
import type { Answer, ListedRecipient, Outcome, Status, Verdict } from '../protocol';

const SEARCH_AFTER_MS = 200;
const OUTCOMES: Outcome[] = ['no_answer', 'message_left', 'spoke'];
const MOODS = ['none', 'calm', 'upset'] as const;

const recipient = part<HTMLInputElement>('recipient');
const told = part('told');
let searching: ReturnType<typeof setTimeout> | undefined;

function addressed(): string | null {
  const value = recipient.value.trim().toLowerCase();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return value;
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
  told.textContent = say(status.queued ? 'queued' : 'logged');
  showQueue(status);
}

async function mayCall(): Promise<void> {
  const address = addressed();
  if (!address) return;
  const answer = await ask<Answer<Verdict>>({ type: 'may-call', address });
  const lines = answer.ok ? callLines(answer.value) : [make('p', say(`trouble_${answer.trouble}`))];
  part('answer').replaceChildren(...lines);
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

async function refresh(): Promise<void> {
  const status = await ask<Status>({ type: 'status' });
  recipient.value ||= status.recent[0] ?? '';
  const choose = (address: string) => {
    recipient.value = address;
  };
  part('recent').replaceChildren(...status.recent.slice(1, 4).map((one) => button(one, () => choose(one))));
  if (!status.paired) told.textContent = say('not_paired');
  showQueue(status);
}

translate();
part('outcomes').append(...OUTCOMES.map((one) => button(say(one), () => log(one))));
part('mood').append(...MOODS.map((mood) => Object.assign(make('option', say(`mood_${mood}`)), { value: mood })));
part('may-call').addEventListener('click', () => void mayCall());
recipient.addEventListener('input', () => {
  clearTimeout(searching);
  searching = setTimeout(suggest, SEARCH_AFTER_MS);
});
void refresh();
void suggest();
