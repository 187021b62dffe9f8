// What a host (a web page mail is composed in) tells: the account, the composes, and where a banner may hang.
import type { Provider } from '../protocol';

export interface Recipients {
  to: string[];
  cc: string[];
  bcc: string[];
  roles_known: boolean;
  unresolved: string[];
}

/** Where the banner goes in flow: into `parent`, before `before` (null: last). */
export interface Spot {
  parent: Element;
  before: Node | null;
}

/** One compose as it stands in the page now. `mark` is the page's own name for it; `spot` null means overlay. */
export interface Found {
  root: Element;
  editor: HTMLElement | null;
  mark: string | null;
  recipients: Recipients;
  subject: string;
  provider_thread_id: string | null;
  visible: boolean;
  /** By the page's own lasting names, by its classes, or by shape alone: then the page has changed. */
  by: 'names' | 'classes' | 'shape';
  spot: Spot | null;
}

export interface Host {
  provider: Provider | null;
  account(): string | null;
  /** Those the host's own rungs know; what they leave over is looked at by shape. */
  composes(own: string | null): Found[];
  /** Does the page look as if somebody were writing in it? Then finding no compose means the page has changed. */
  isWritten(): boolean;
}
