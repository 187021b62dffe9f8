import { describe, expect, it } from 'vitest';
import type { Found } from '../../src/hosts/host';
import { createIdentities } from '../../src/hosts/identity';

function compose(mark: string | null, to: string[], root: Element = document.createElement('div')): Found {
  const recipients = { to, cc: [], bcc: [], roles_known: true, unresolved: [] };
  const rest = { subject: '', provider_thread_id: null, visible: true, by: 'names' as const, spot: null };
  return { root, editor: null, mark, recipients, ...rest };
}

function identities(awaited = new Set<string>()): (found: Found[]) => string[] {
  const name = createIdentities();
  return (found) => name(found, awaited);
}

describe('a compose keeps its key', () => {
  it('when the page gives its form another name', () => {
    const name = identities();
    const root = document.createElement('div');
    const [first] = name([compose('70', ['rita@acme.example'], root)]);
    expect(name([compose('71', ['rita@acme.example'], root)])).toEqual([first]);
  });

  it('when the page builds all of it anew for the same people', () => {
    const name = identities();
    const [first] = name([compose('70', ['rita@acme.example'])]);
    expect(name([compose('71', ['rita@acme.example'])])).toEqual([first]);
    expect(name([compose('72', ['rita@acme.example', 'dana@acme.example'])])).toEqual([first]);
  });

  it('when it goes away and comes back', () => {
    const name = identities();
    const [first] = name([compose('70', [])]);
    name([]);
    expect(name([compose('70', ['rita@acme.example'])])).toEqual([first]);
  });

  it('when it is built anew under another name a moment after it went, while it is awaited', () => {
    const awaited = new Set<string>();
    const name = identities(awaited);
    const [first = ''] = name([compose('70', ['rita@acme.example'])]);
    awaited.add(first);
    name([]);
    name([]);
    expect(name([compose('71', ['rita@acme.example'])])).toEqual([first]);
  });

  it('when it has no name and moves among others', () => {
    const name = identities();
    const roots = [document.createElement('div'), document.createElement('div')];
    const [a, b] = name([compose(null, [], roots[0]), compose(null, [], roots[1])]);
    expect(name([compose(null, ['x@acme.example'], roots[1]), compose(null, [], roots[0])])).toEqual([b, a]);
    expect(a).not.toBe(b);
  });
});

describe('another compose gets another key', () => {
  it('to the same people, once the first was given up', () => {
    const name = identities();
    const [first] = name([compose('70', ['rita@acme.example'])]);
    name([]);
    expect(name([compose('71', ['rita@acme.example'])])).not.toEqual([first]);
  });

  it('in the same place, to other people', () => {
    const name = identities();
    const root = document.createElement('div');
    const [first] = name([compose('70', ['rita@acme.example'], root)]);
    expect(name([compose('71', ['dana@acme.example'], root)])).not.toEqual([first]);
  });

  it('beside the first, to the same people or under the same name', () => {
    const name = identities();
    const keys = name([compose('70', ['rita@acme.example']), compose('71', ['rita@acme.example']), compose('70', [])]);
    expect(new Set(keys).size).toBe(3);
  });
});
