// Puts a page into the test's document.

/** The document with this title, head and body. */
export function pageOf({ title = '', head = '', body = '' }): Document {
  document.title = title;
  document.head.innerHTML = head;
  document.body.innerHTML = body;
  document.title = title;
  return document;
}

export function only<T>(values: readonly T[]): T {
  if (values.length !== 1 || values[0] === undefined) throw new Error(`one was expected, there are ${values.length}`);
  return values[0];
}
