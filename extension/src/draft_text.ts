// Reads the words of a draft out of its editor, without the quoted mail and the signature. What it returns never leaves the page.

const SKIP =
  '[class*=gmail_quote], .gmail_attr, [class*=gmail_signature], [data-smartmail=gmail_signature], ' +
  '[id$=Signature], blockquote, style, script, aftertouch-banner';
const STOP = '[id$=appendonsend], [id$=RplyFwdMsg], [id$=mail-editor-reference-message-container]';
const BLOCKS = /^(?:DIV|P|LI|UL|OL|TR|TABLE|H[1-6]|PRE|HR)$/;
const LIMIT = 20_000;

/** The draft's text with a line break per block, at most 20,000 characters. Does not touch layout. */
export function draftText(editor: Element): string {
  const walker = editor.ownerDocument.createTreeWalker(
    editor,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => (node instanceof Element && node.matches(SKIP) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  );
  let text = '';
  while (text.length < LIMIT && walker.nextNode()) {
    const node = walker.currentNode;
    if (node instanceof Element && node.matches(STOP)) break;
    if (beginsLine(node) && (node.nodeName === 'BR' || !text.endsWith('\n'))) text += '\n';
    if (node instanceof Text) text += node.data;
  }
  return text
    .replace(/[\u200b\ufeff]/g, '')
    .replace(/\u00a0/g, ' ')
    .slice(0, LIMIT)
    .trim();
}

function beginsLine(node: Node): boolean {
  return node.nodeName === 'BR' || isBlock(node) || isBlock(node.previousSibling);
}

function isBlock(node: Node | null): boolean {
  return !!node && BLOCKS.test(node.nodeName);
}
