// What makes an element an editor.

/** A page without any has no editor. */
export const EDITABLE = '[contenteditable]';
/** As nearly every page writes it; a browser finds this in less than half the time. */
export const USUALLY_EDITABLE = '[contenteditable=true]';
/**
 * As the host's own editors have it. Browsers know which names occur beneath an element: to find that a name of the page's
 * own occurs nowhere takes no walk through the page, which a name that HTML gives does.
 */
export const gmailEditor = '[g_editable=true]';
export const outlookEditor = USUALLY_EDITABLE;
export const TEXT_EDITOR = '[contenteditable]:not([contenteditable=false])';
