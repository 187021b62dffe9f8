// Hangs the banner's host element in the page: in flow beside the compose, or over the page when it does not survive there.
import { TEXT_EDITOR } from './hosts/editable';
import type { Spot } from './hosts/host';

const PATIENCE_MS = 5000;
const GAP_PX = 4;

/** Keeps `element` at its place; call `place` as often as wanted, it writes only what differs. */
export class Placement {
  #removals: number[] = [];
  #placed = false;
  #floating = false;
  readonly #element: HTMLElement;
  readonly #ended = new AbortController();

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  place(spot: Spot | null, root: Element): void {
    if (this.#placed && !this.#element.isConnected) this.#noteRemoval();
    if (!spot || this.#floating) this.#float(root);
    else if (!this.#element.isConnected || this.#element.parentNode !== spot.parent) this.#insert(spot);
  }

  remove(): void {
    this.#ended.abort();
    this.#element.remove();
  }

  #insert({ parent, before }: Spot): void {
    parent.insertBefore(this.#element, before === this.#element ? this.#element.nextSibling : before);
    this.#placed = true;
  }

  /** Removed twice within five seconds: the page owns that spot. */
  #noteRemoval(): void {
    const now = performance.now();
    this.#removals = [...this.#removals.filter((at) => now - at < PATIENCE_MS), now];
    this.#floating ||= this.#removals.length >= 2;
    this.#placed = false;
  }

  #float(root: Element): void {
    if (!this.#element.isConnected || this.#element.parentNode !== this.#element.ownerDocument.documentElement) {
      this.#element.setAttribute('popover', 'manual');
      this.#element.ownerDocument.documentElement.append(this.#element);
      this.#element.showPopover?.();
      this.#follow(root);
    }
    this.#placed = true;
    this.#align(root);
  }

  #follow(root: Element): void {
    const view = this.#element.ownerDocument.defaultView;
    const { signal } = this.#ended;
    let waiting = false;
    const move = () => {
      if (waiting) return;
      waiting = true;
      view?.requestAnimationFrame(() => {
        waiting = false;
        if (!signal.aborted) this.#align(root);
      });
    };
    view?.addEventListener('scroll', move, { capture: true, passive: true, signal });
    view?.addEventListener('resize', move, { passive: true, signal });
  }

  /** Above the compose where there is room, else below it, else along the lower edge of its editor: Send is on neither side. */
  #align(root: Element): void {
    const box = root.getBoundingClientRect();
    const height = this.#element.offsetHeight;
    const screen = this.#element.ownerDocument.documentElement.clientHeight;
    const above = box.top - height - GAP_PX;
    const below = box.bottom + GAP_PX;
    const top = above >= 0 ? above : below + height <= screen ? below : lowerEdge(root) - height - GAP_PX;
    const style = {
      position: 'fixed',
      inset: 'auto',
      margin: '0',
      left: `${box.left}px`,
      top: `${top}px`,
      width: `${box.width}px`,
    };
    for (const [name, value] of Object.entries(style)) this.#element.style.setProperty(name, value, 'important');
  }
}

/** Where the editor ends, as far as the parts around it let it be seen. */
function lowerEdge(root: Element): number {
  let bottom = root.getBoundingClientRect().bottom;
  const editor = [...root.querySelectorAll(TEXT_EDITOR)].at(-1) ?? null;
  for (let node = editor; node && node !== root; node = node.parentElement) {
    bottom = Math.min(bottom, node.getBoundingClientRect().bottom);
  }
  return bottom;
}
