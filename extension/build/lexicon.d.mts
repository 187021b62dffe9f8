export const LEXICON_FILE: RegExp;
export function lexiconFile(path: string): object;
