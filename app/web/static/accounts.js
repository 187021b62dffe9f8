// Keeps the accounts page true while mailboxes are read: news from the server, cards drawn by the server.

const list = document.getElementById('accounts');
const told = document.getElementById('told');
let waiting = false;

async function redraw() {
  waiting = false;
  const answer = await fetch('/accounts/cards', { headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const cards = [...fresh.querySelectorAll('.account')];
  const same = cards.map((card) => card.id).join() === [...list.querySelectorAll('.account')].map((card) => card.id).join();
  if (!same) list.replaceChildren(...fresh.body.childNodes);
  else for (const card of cards) replace(document.getElementById(card.id), card);
}

/** Puts a fresh card in place of an old one, unless the person is about to unlink it; focus stays where it was. */
function replace(old, card) {
  if (old.outerHTML === card.outerHTML || old.querySelector('details[open]')) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : '';
  if (old.dataset.state !== card.dataset.state) told.textContent = card.dataset.told;
  old.replaceWith(card);
  if (focused) document.getElementById(focused)?.focus();
}

new EventSource('/api/v1/events').addEventListener('account', () => {
  if (waiting) return;
  waiting = true;
  setTimeout(redraw, 150);
});
