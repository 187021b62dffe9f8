// What the popup and the options page share: asking the worker, building elements, the person's words.
import type { OwnMessage } from './protocol';
import type { Say, Word } from './words';

export const say: Say = (word, value) => chrome.i18n.getMessage(word, value);

export function ask<T>(message: OwnMessage): Promise<T> {
  return chrome.runtime.sendMessage(message) as Promise<T>;
}

/** The element with this id in the page's own HTML; a page without it is broken. */
export function part<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`This page has no element "${id}"`);
  return element as T;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text: string,
  className = '',
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}

export function button(text: string, act: () => unknown): HTMLButtonElement {
  const made = Object.assign(make('button', text), { type: 'button' });
  made.addEventListener('click', () => void act());
  return made;
}

/** Fills every `data-word="name"` element with the word of that name. The page is in the catalogue's language, not the browser's. */
export function translate(): void {
  document.documentElement.lang = say('language');
  for (const element of document.querySelectorAll<HTMLElement>('[data-word]')) {
    element.textContent = say(element.dataset.word as Word);
  }
}
