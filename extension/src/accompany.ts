// Waits until the page has an editor, and has a companion made then: most mail pages are only read.
import type { Companion } from './companion';
import { EDITABLE, USUALLY_EDITABLE } from './hosts/editable';
import { type LookSoon, type Scene, watch } from './watch';

/** Of the light looks at a bare page so many go by for the host's own editors to one for any. */
const OWN_LOOKS = 4;

/** Watches from now on; `make` is called once, with what asks for a look. `own` selects the host's own editors. */
export function accompany(
  doc: Document,
  make: (lookSoon: LookSoon) => Companion,
  signal: AbortSignal,
  own = USUALLY_EDITABLE,
): void {
  let companion: Companion | undefined;
  let scene: Scene = 'bare';
  let light = 0;
  watch(
    doc,
    (closely, lookSoon) => {
      const lightly = scene === 'bare' && ++light % OWN_LOOKS ? own : USUALLY_EDITABLE;
      const isEditable = doc.querySelector(closely ? EDITABLE : lightly) !== null;
      if (isEditable) companion ??= make(lookSoon);
      scene = companion?.look(isEditable) ?? 'bare';
      return scene;
    },
    signal,
  );
}
