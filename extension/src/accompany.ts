// Waits until the page has an editor, and has a companion made then: most mail pages are only read.
import type { Companion } from './companion';
import { EDITABLE, USUALLY_EDITABLE } from './hosts/editable';
import { type LookSoon, watch } from './watch';

/** Watches from now on; `make` is called once, with what asks for a look. */
export function accompany(doc: Document, make: (lookSoon: LookSoon) => Companion, signal: AbortSignal): void {
  let companion: Companion | undefined;
  watch(
    doc,
    (closely, lookSoon) => {
      const isEditable = doc.querySelector(closely ? EDITABLE : USUALLY_EDITABLE) !== null;
      if (isEditable) companion ??= make(lookSoon);
      return companion?.look(isEditable) ?? 'bare';
    },
    signal,
  );
}
