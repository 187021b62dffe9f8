// The banner's looks: colours from the compose it stands in, two lines at most, a real border where colours are forced.

export const STYLE = `
:host{all:initial;display:block;container-type:inline-size}
[hidden]{display:none!important}
.box{font:13px/1.35 system-ui,sans-serif;color:var(--ink);background:var(--ground);border:1px solid var(--line);
border-inline-start:4px solid var(--mark);border-radius:4px;margin:2px 4px;max-height:45vh;overflow:auto;overflow-wrap:anywhere;text-align:start}
.line{display:flex;align-items:center;gap:6px;padding:3px 6px;min-height:24px}
.icon{flex:none;inline-size:16px;block-size:16px;color:var(--mark)}
.say{flex:1;margin:0;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.level{font-weight:600;margin-inline-end:4px}
button,a{font:inherit;color:var(--ink);background:none;border:1px solid transparent;border-radius:3px;padding:1px 5px;cursor:pointer;text-decoration:underline}
button:hover,a:hover{border-color:var(--line)}
button:focus-visible,a:focus-visible{outline:2px solid var(--mark);outline-offset:1px}
.more{padding:2px 10px 6px;border-block-start:1px solid var(--line)}
p,ul{margin:4px 0;padding:0}
li{list-style:none;margin:2px 0}
.acts{display:flex;flex-wrap:wrap;gap:4px}
.light{--ink:#1f1f1f;--line:#c9ced6;--mark:#5b6470}
.dark{--ink:#f1f3f4;--line:#5f6673;--mark:#aab2bd}
.light.note{--mark:#2563a8}.light.caution{--mark:#8a6100}.light.hold{--mark:#a54408}.light.stop{--mark:#7a2e6f}
.dark.note{--mark:#8ab8f0}.dark.caution{--mark:#e8c15a}.dark.hold{--mark:#f0a370}.dark.stop{--mark:#e3a0d8}
@container (max-width:359px){.level,.date{display:none}.say{-webkit-line-clamp:1}}
@media (forced-colors:active){.box{border:2px solid CanvasText;background:Canvas;color:CanvasText;--ink:CanvasText;--mark:CanvasText}
button,a{color:LinkText;border-color:LinkText}}
`;

/** Background behind `element` as CSS, and whether it is dark. Mail themes ignore the system's setting, so it is measured. */
export function groundOf(element: Element | null): { colour: string; dark: boolean } {
  for (let node = element; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    const [red = 255, green = 255, blue = 255, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    if (/^rgb/.test(colour) && alpha > 0.5) return { colour, dark: 0.299 * red + 0.587 * green + 0.114 * blue < 128 };
  }
  return { colour: 'rgb(255, 255, 255)', dark: false };
}

/** Puts the style into `root`; a constructed sheet passes pages whose policy forbids inline styles. */
export function dress(root: ShadowRoot, doc: Document): void {
  try {
    const sheet = new (doc.defaultView ?? window).CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = doc.createElement('style');
    style.textContent = STYLE;
    root.append(style);
  }
}
