// Verdicts as the backend answers them.
import { readVerdict } from '../src/answers';
import type { Verdict } from '../src/protocol';

export const CAUTION = {
  level: 'caution',
  headline: '2 follow-ups in 6 days, nothing new since. Next good date: Thu Dec 3.',
  next_good_date: '2026-12-03',
  warnings: [
    {
      rule: 'repeat-without-value',
      level: 'caution',
      message: 'You wrote twice without an answer.',
      instead: 'Bring something new.',
      evidence: [
        {
          key: 'k1',
          at: '2026-11-16T09:02:00Z',
          channel: 'email',
          direction: 'out',
          subject: 'Following up',
          link: 'https://mail.google.com/mail/#all/1',
        },
        {
          key: 'k2',
          at: '2026-11-19T09:02:00Z',
          channel: 'email',
          direction: 'out',
          subject: 'Again',
          link: 'javascript:alert(1)',
        },
      ],
    },
  ],
  recipients: [
    {
      id: 'r1',
      address: 'dana@acme.example',
      unanswered: 2,
      last_touch_at: '2026-11-19T09:02:00Z',
      last_reply_at: null,
      stage: null,
      state: 'waiting',
      odds: null,
    },
  ],
  as_of: '2026-11-22T09:59:30Z',
  coverage: 'complete',
  history_url: '/history/r1',
};

export function verdict(change: object = {}): Verdict {
  const read = readVerdict({ ...CAUTION, ...change }, 'http://127.0.0.1:8025');
  if (!read) throw new Error('this verdict cannot be read');
  return read;
}
