// Who is named above an editor, whatever the page calls its parts: addresses in fields, in attributes, in short texts.
import { addressesIn, addressOf, plain } from '../addresses';
import { ADDRESSED, addressIn, all, type Chip, fieldValue, floatingIn, isBefore, type Role, recipientsOf } from './dom';
import type { Recipients } from './host';

/** Fields of plain forms, named by their role. */
export const ROWS =
  'input[name=to], input[name=cc], input[name=bcc], textarea[name=to], textarea[name=cc], textarea[name=bcc]';
/** Parts that stand before an editor and name nobody it is written to. */
export const OWN = 'aftertouch-banner, script, style, [role=search], [aria-haspopup], [name=from]';
const CHIP_TEXT_LIMIT = 120;

/** Addresses of the nodes before the editor; roles are known only where fields are named. */
export function genericRecipients(root: Element, editor: Element, own: string | null): Recipients {
  const rows = all(root, ROWS).filter((row) => !editor.contains(row));
  const named = rows.flatMap((row) =>
    addressesIn(fieldValue(row)).map(
      (address): Chip => ({ role: row.getAttribute('name') as Role, address, name: address }),
    ),
  );
  if (rows.length && named.length) return recipientsOf(named);
  const inPopup = popupsIn(root);
  const before = (element: Element) => isBefore(element, editor) && !element.closest(OWN) && !inPopup(element);
  const attributed = all(root, ADDRESSED).filter(before).map(addressIn);
  const written = all(root, 'span, div, a, li, button').filter((element) => before(element) && isChipText(element));
  const found = [...attributed, ...written.map((element) => addressOf(element.textContent))];
  return recipientsOf(found.filter((address) => address !== own).map((address) => ({ role: null, address, name: '' })));
}

function popupsIn(root: Element): (element: Element) => boolean {
  const floats = floatingIn(root);
  return (element) => {
    const popup = element.closest('[role=listbox], [role=dialog], [role=tooltip]');
    return !!popup && popup !== root && root.contains(popup) && floats(popup);
  };
}

/** A leaf that says an address, or `Name <address>`, and nothing longer. */
function isChipText(element: Element): boolean {
  if (element.firstElementChild) return false;
  const text = plain(element.textContent);
  return text.length <= CHIP_TEXT_LIMIT && (addressOf(text) === text.toLowerCase() || /<[^<>]+@[^<>]+>;?$/.test(text));
}
