// `npm run --silent read`: drafts as JSON Lines on stdin, what the extension's reader says of each on stdout.
import { StringDecoder } from 'node:string_decoder';
import { readDraft } from './index';

/** One row's answer; throws an Error with a clear sentence for a row that is none. */
function answer(row: unknown): unknown {
  const { id = null, channel, subject, text } = (row ?? {}) as Record<string, unknown>;
  if (typeof text !== 'string') throw new Error('text is missing or not a text');
  const signals = readDraft(textOr(channel, 'email'), textOr(subject, ''), text);
  const { annoyed, empty, value_score } = signals;
  return { id, annoyed, empty, adds_value: value_score >= 1, signals };
}

function textOr(value: unknown, absent: string): string {
  if (value === undefined || value === null) return absent;
  if (typeof value !== 'string') throw new Error('channel and subject must be texts');
  return value;
}

function answerLine(line: string): unknown {
  let row: unknown;
  try {
    row = JSON.parse(line);
    return answer(row);
  } catch (error) {
    process.exitCode = 1;
    return { id: (row as { id?: unknown } | null | undefined)?.id ?? null, error: (error as Error).message };
  }
}

/** Lines end at "\n" alone: a JSON text may hold other separators. */
async function* lines(): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of process.stdin) {
    const pieces = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = pieces.pop() ?? '';
    yield* pieces;
  }
  yield rest + decoder.end();
}

for await (const line of lines()) {
  if (line.trim() !== '') process.stdout.write(`${JSON.stringify(answerLine(line))}\n`);
}
