// Keys typed in a banner are the banner's: the page must not take them for its shortcuts.

/** Names the banners a guard looks after, with what Esc does in each. */
export type KeepKeys = (banner: EventTarget, close: () => void) => void;

/**
 * Keeps keys from the page, and lets Esc close the banner alone (its release, when the banner is gone already, is kept too).
 * Call it before the page's own scripts run; buttons still work, for pressing them is the browser's own doing.
 */
export function guardKeys(view: Window, signal: AbortSignal): KeepKeys {
  const closers = new WeakMap<EventTarget, () => void>();
  let closedBy = '';
  const guard = (event: KeyboardEvent) => {
    const close = event.target && closers.get(event.target);
    const isRest = event.type === 'keyup' && event.key === closedBy;
    if (event.type === 'keyup' || event.type === 'keydown') closedBy = '';
    if (!close && !isRest) return;
    event.stopImmediatePropagation();
    if (!close || event.type !== 'keydown' || event.key !== 'Escape') return;
    closedBy = event.key;
    close();
  };
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    view.addEventListener(type, guard, { capture: true, signal });
  }
  return (banner, close) => closers.set(banner, close);
}
