// The banner's own words in English and German. What the advice says comes from the backend.
import type { CorrectionKind, Trouble } from '../protocol';

const ENGLISH = {
  why: 'Why?',
  dismiss: 'Dismiss',
  quiet: 'Quiet for this message',
  mute: 'Not for this recipient',
  wrong: 'This is wrong',
  history: 'History',
  undo: 'Undo',
  next: 'Next good date',
  sent: 'you',
  received: 'they',
  muted: 'Quiet for this recipient from now on.',
  corrected: 'Noted, and counted anew.',
  undone: 'Undone.',
  failed: 'That could not be saved.',
  which: 'Which one?',
  level: { clear: 'Clear', note: 'Note', caution: 'Caution', hold: 'Hold', stop: 'Stop', unknown: "Can't check" },
  correction: {
    answered_elsewhere: 'They answered elsewhere',
    not_job_search: 'Not about a job',
    other_recipient: 'Someone else',
    not_a_touch: 'Not a follow-up',
  } satisfies Record<CorrectionKind, string>,
  trouble: {
    not_paired: 'Not paired yet.',
    unauthorised: 'Pair this browser again in the settings.',
    unreachable: 'Aftertouch is not running.',
    timeout: 'Aftertouch takes too long to answer.',
    busy: 'Aftertouch is busy; it will answer again shortly.',
    server: 'Aftertouch has a fault of its own.',
    refused: 'Aftertouch did not understand this page.',
    bad_answer: 'Aftertouch answered in a way this version does not know.',
  } satisfies Record<Trouble, string>,
};

export type BannerWords = typeof ENGLISH;

const GERMAN: BannerWords = {
  why: 'Warum?',
  dismiss: 'Ausblenden',
  quiet: 'Still für diese Nachricht',
  mute: 'Nicht für diese Person',
  wrong: 'Das stimmt nicht',
  history: 'Verlauf',
  undo: 'Rückgängig',
  next: 'Nächster guter Tag',
  sent: 'du',
  received: 'die Gegenseite',
  muted: 'Bei dieser Person ab jetzt still.',
  corrected: 'Notiert und neu gezählt.',
  undone: 'Rückgängig gemacht.',
  failed: 'Das ließ sich nicht speichern.',
  which: 'Welche?',
  level: {
    clear: 'Frei',
    note: 'Hinweis',
    caution: 'Vorsicht',
    hold: 'Warten',
    stop: 'Halt',
    unknown: 'Nicht prüfbar',
  },
  correction: {
    answered_elsewhere: 'Antwort kam woanders',
    not_job_search: 'Keine Bewerbung',
    other_recipient: 'Jemand anderes',
    not_a_touch: 'Kein Nachfassen',
  },
  trouble: {
    not_paired: 'Noch nicht gekoppelt.',
    unauthorised: 'Diesen Browser in den Einstellungen neu koppeln.',
    unreachable: 'Aftertouch läuft nicht.',
    timeout: 'Aftertouch antwortet zu langsam.',
    busy: 'Aftertouch ist beschäftigt und antwortet gleich wieder.',
    server: 'Aftertouch hat selbst eine Störung.',
    refused: 'Aftertouch hat diese Seite nicht verstanden.',
    bad_answer: 'Aftertouch antwortet anders, als diese Version es kennt.',
  },
};

export function bannerWords(language: string): BannerWords {
  return language.startsWith('de') ? GERMAN : ENGLISH;
}
