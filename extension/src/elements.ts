// Small builders for the banner's elements. Text goes in as text, never as markup; only web addresses become links.

export type Make = ReturnType<typeof maker>;

/** Builders bound to one document. */
export function maker(doc: Document) {
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: (Node | string)[]) => {
    const element = doc.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  const button = (text: string, act: () => unknown) => {
    const made = make('button', '', text);
    made.type = 'button';
    made.addEventListener('click', () => void act());
    return made;
  };
  const link = (text: string, href: string | null) => {
    if (!href || !/^https?:\/\//.test(href)) return make('span', '', text);
    return Object.assign(make('a', '', text), { href, target: '_blank', rel: 'noopener noreferrer' });
  };
  return { make, button, link, icon: (path: string) => icon(doc, path) };
}

function icon(doc: Document, drawn: string): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const picture = doc.createElementNS(namespace, 'svg');
  const path = doc.createElementNS(namespace, 'path');
  for (const [name, value] of Object.entries({ class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' })) {
    picture.setAttribute(name, value);
  }
  for (const [name, value] of Object.entries({
    d: drawn,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.6',
  })) {
    path.setAttribute(name, value);
  }
  picture.append(path);
  return picture;
}
