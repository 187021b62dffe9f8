// Fills an offered recipient into To without leaving the page; without this file the links do it.

const to = document.getElementById('to');
for (const offer of document.querySelectorAll('[data-fill]')) {
  offer.addEventListener('click', (event) => {
    event.preventDefault();
    to.value = offer.dataset.fill;
    to.dispatchEvent(new Event('input', { bubbles: true }));
    to.dispatchEvent(new Event('change', { bubbles: true }));
    document.getElementById('body').focus();
  });
}
document.getElementById('send').addEventListener('click', () => {
  document.getElementById('not-sent').textContent = 'Nothing was sent; this is only for trying.';
});
