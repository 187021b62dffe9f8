// What makes an element an editor.

/** A page without any has no editor. */
export const EDITABLE = '[contenteditable]';
/** As nearly every page writes it; a browser finds this in less than half the time. */
export const USUALLY_EDITABLE = '[contenteditable=true]';
export const TEXT_EDITOR = '[contenteditable]:not([contenteditable=false])';
