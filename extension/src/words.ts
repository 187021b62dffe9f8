// The names of the extension's own words (the catalogues are _locales/*/messages.json). What the advice says comes from the backend.
import type english from '../_locales/en/messages.json';

export type Word = keyof typeof english;

/** A word in the person's language; `$1` in it is replaced by `value`. */
export type Say = (word: Word, value?: string) => string;
