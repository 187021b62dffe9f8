// Puts the banner's style on, and measures the colours of the compose it stands in.
import STYLE from './banner.css';

/** Background behind `element` as CSS, and whether it is dark. Mail themes ignore the system's setting, so it is measured. */
export function groundOf(element: Element | null): { colour: string; dark: boolean } {
  for (let node = element; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    const [red = 255, green = 255, blue = 255, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    if (/^rgb/.test(colour) && alpha > 0.5) return { colour, dark: 0.299 * red + 0.587 * green + 0.114 * blue < 128 };
  }
  return { colour: '#fff', dark: false };
}

/** Firefox ends a content script without a word when the extension is taken away: alive.css, which goes with it, unhides. */
const SHEET = __FIREFOX__ ? `${STYLE}:host{display:none}` : STYLE;

/** Made while the verdict is being asked for, and once for all banners of a page. */
const sheet = constructed();

function constructed(): CSSStyleSheet | null {
  try {
    const made = new CSSStyleSheet();
    made.replaceSync(SHEET);
    return made;
  } catch {
    return null;
  }
}

/** A constructed sheet passes pages whose policy forbids inline styles; older Firefox refuses it to content scripts (bug 1751346). */
export function dress(root: ShadowRoot): void {
  if (!adopts(root)) root.append(Object.assign(document.createElement('style'), { textContent: SHEET }));
}

function adopts(root: ShadowRoot): boolean {
  try {
    if (sheet) root.adoptedStyleSheets = [sheet];
    return sheet !== null;
  } catch {
    return false;
  }
}
