// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Status } from '../src/protocol';
import { CAUTION } from './verdicts';
import { backend, own, TOUCH, wake } from './worker';

describe('a logged call', () => {
  it('is sent once with a key of its own', async () => {
    backend.answers.set('POST /api/v1/touches', { status: 201, json: { id: 't1' } });
    expect(await own({ type: 'log', touch: TOUCH })).toMatchObject({ queued: 0, failed: [] });
    const [arrived] = backend.sent('/api/v1/touches');
    expect(JSON.parse(arrived?.body ?? '')).toEqual(TOUCH);
    expect(arrived?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is one call when clicked twice', async () => {
    backend.answers.set('POST /api/v1/touches', { status: 503 });
    await Promise.all([
      own({ type: 'log', touch: TOUCH }),
      own({ type: 'log', touch: { ...TOUCH, at: '2026-11-22T10:00:01.000Z' } }),
    ]);
    expect(await own({ type: 'status' })).toMatchObject({ queued: 1 });
  });

  it('waits while the backend is away and is sent under the same key when it is back', async () => {
    backend.answers.set('POST /api/v1/touches', { status: 500 });
    expect(await own({ type: 'log', touch: TOUCH })).toMatchObject({ queued: 1 });
    backend.answers.set('POST /api/v1/touches', { status: 201, json: { id: 't1' } });
    await wake();
    expect(((await own({ type: 'status' })) as Status).queued).toBe(0);
    const keys = new Set(backend.sent('/api/v1/touches').map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    await own({ type: 'status' });
    expect(backend.sent('/api/v1/touches')).toHaveLength(2);
  });

  it('that is refused for good is set aside, told, and stops no other', async () => {
    backend.answers.set('POST /api/v1/touches', ({ body }) => ({
      status: body.includes('nobody') ? 422 : 201,
      json: { id: 't' },
    }));
    await own({ type: 'log', touch: { ...TOUCH, recipient: 'nobody@acme.example' } });
    expect(await own({ type: 'log', touch: TOUCH })).toMatchObject({ queued: 0, failed: ['nobody@acme.example'] });
    await own({ type: 'drop-failed' });
    expect(await own({ type: 'status' })).toMatchObject({ failed: [] });
  });
});

describe('a call logged and sent', () => {
  it('is still one when clicked again a moment later', async () => {
    backend.answers.set('POST /api/v1/touches', { status: 201, json: { id: 't1' } });
    await own({ type: 'log', touch: TOUCH });
    await own({ type: 'log', touch: { ...TOUCH, at: '2026-11-22T10:00:02.000Z' } });
    expect(backend.sent('/api/v1/touches')).toHaveLength(1);
    await own({ type: 'log', touch: { ...TOUCH, at: '2026-11-22T11:00:00.000Z' } });
    expect(backend.sent('/api/v1/touches')).toHaveLength(2);
  });
});

describe('may I call now', () => {
  it('gives the answer of the backend and logs nothing', async () => {
    const call = { answer: 'wait', until: '2026-12-03T09:00:00Z', reasons: ['one', 'two', 'three'], say: '' };
    backend.answers.set('POST /api/v1/advice', { status: 200, json: { ...CAUTION, call } });
    const answer = await own({ type: 'may-call', address: 'dana@acme.example' });
    expect(answer).toMatchObject({
      ok: true,
      value: { call: { answer: 'wait', until: '2026-12-03T09:00:00Z', reasons: ['one', 'two'] } },
    });
    expect(backend.arrived.map(({ path }) => path)).toEqual(['/api/v1/advice']);
    expect(JSON.parse(backend.arrived[0]?.body ?? '')).toMatchObject({ channel: 'call', to: ['dana@acme.example'] });
  });
});
