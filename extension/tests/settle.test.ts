import { describe, expect, it } from 'vitest';
import type { ComposeReport, PageReading } from '../src/protocol';
import { createSettler, LOSS_LASTS_MS } from '../src/settle';

const compose = (key: string, to: string[], more: Partial<ComposeReport> = {}): ComposeReport => ({
  key,
  to,
  cc: [],
  bcc: [],
  roles_known: true,
  subject_present: true,
  provider_thread_id: null,
  visible: true,
  unresolved: [],
  ...more,
});
const page = (...composes: ComposeReport[]): PageReading => ({
  account: 'ana@example.com',
  composes,
});

describe('a report settles', () => {
  it('at once when a recipient is added', () => {
    const settle = createSettler();
    settle(page(compose('a', [])), 0);
    expect(settle(page(compose('a', ['rita@acme.example'])), 10).report.composes[0]?.to).toEqual(['rita@acme.example']);
  });

  it('without ever showing a line that was being rebuilt', () => {
    const settle = createSettler();
    const full = page(compose('a', ['rita@acme.example']));
    settle(full, 0);
    for (const broken of [
      page(compose('a', [])),
      page(),
      page(compose('a', ['rita@acme.example'], { visible: false })),
    ]) {
      expect(settle(broken, 1000)).toEqual({ report: full, pending: true });
      expect(settle(full, 1000 + LOSS_LASTS_MS / 2)).toEqual({ report: full, pending: false });
    }
  });

  it('on a loss that lasts', () => {
    const settle = createSettler();
    settle(page(compose('a', ['rita@acme.example', 'dana@acme.example'])), 0);
    const less = page(compose('a', ['rita@acme.example']));
    settle(less, 1000);
    expect(settle(less, 1000 + LOSS_LASTS_MS)).toEqual({ report: less, pending: false });
  });

  it('on a compose that closed', () => {
    const settle = createSettler();
    settle(page(compose('a', ['rita@acme.example'])), 0);
    expect(settle(page(), 500).report.composes).toHaveLength(1);
    expect(settle(page(), 500 + LOSS_LASTS_MS).report.composes).toEqual([]);
  });

  it('for each compose alone', () => {
    const settle = createSettler();
    settle(page(compose('a', ['rita@acme.example']), compose('b', [])), 0);
    const { report } = settle(page(compose('a', []), compose('b', ['dana@acme.example'])), 100);
    expect(report.composes.map(({ to }) => to)).toEqual([['rita@acme.example'], ['dana@acme.example']]);
  });
});
