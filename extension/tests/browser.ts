// A small browser for the worker: storage that forgets nothing it should keep, messages with a sender, a badge.
type KeyListener = (command: string, tab: unknown) => void;
type Listener = (message: unknown, sender: unknown, respond: (answer: unknown) => void) => boolean;

/** One storage area, with values copied in and out as a browser copies them. */
export class Area {
  readonly kept = new Map<string, unknown>();
  get = async (keys: string[]) =>
    structuredClone(Object.fromEntries([...this.kept].filter(([key]) => keys.includes(key))));
  set = async (values: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(values)) this.kept.set(key, structuredClone(value));
  };
  remove = async (key: string) => void this.kept.delete(key);
  clear = async () => this.kept.clear();
  setAccessLevel = async () => undefined;
}

export const ID = 'odcdjmfcpclbbnoboplhinpbheadbhcj';
export const MAIL_TAB = {
  id: ID,
  tab: { id: 1 },
  origin: 'https://mail.google.com',
  url: 'https://mail.google.com/mail/u/0/',
};
export const OWN_PAGE = { id: ID, url: `chrome-extension://${ID}/popup.html` };

export class Browser {
  readonly local = new Area();
  readonly session = new Area();
  badge = '';
  /** Badge and title of single tabs. */
  readonly tabs: Record<number, { text?: string; title?: string }> = {};
  readonly injected: unknown[] = [];
  #listener: Listener = () => false;
  #onKey: KeyListener = () => undefined;

  readonly chrome = {
    runtime: {
      id: ID,
      getURL: (path: string) => `chrome-extension://${ID}/${path}`,
      onMessage: { addListener: (listener: Listener) => this.#listen(listener) },
    },
    storage: { local: this.local, session: this.session },
    scripting: {
      executeScript: async ({ target, files, func }: { target: object; files?: string[]; func?: () => void }) => {
        this.injected.push({ ...target, ...(files ? { files } : {}) });
        func?.();
      },
    },
    commands: { onCommand: { addListener: (listener: KeyListener) => this.#listenToKeys(listener) } },
    i18n: { getMessage: (word: string) => word },
    action: {
      setBadgeText: async (given: { text: string; tabId?: number }) => this.#setBadge(given),
      setTitle: async ({ tabId, title }: { title: string; tabId: number }) => void this.#tab(tabId, { title }),
    },
  };

  #listenToKeys(listener: KeyListener): void {
    this.#onKey = listener;
  }

  /** The person presses the key of a command in a tab. */
  press(command: string, tab: unknown): void {
    this.#onKey(command, tab);
  }

  #listen(listener: Listener): void {
    this.#listener = listener;
  }

  #setBadge({ text, tabId }: { text: string; tabId?: number }): void {
    if (tabId === undefined) this.badge = text;
    else this.#tab(tabId, { text });
  }

  #tab(id: number, change: { text?: string; title?: string }): void {
    this.tabs[id] = { ...this.tabs[id], ...change };
  }

  /** What the worker answers; 'refused' when it does not take the message. */
  send(message: unknown, sender: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      if (!this.#listener(message, sender, resolve)) resolve('refused');
    });
  }
}
