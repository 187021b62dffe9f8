// A stranger that marks words: lays elements over the editor, sets attributes on it, and redraws them at every change.
const draw = (editor) => {
  const layer = editor.parentElement.querySelector('grammar-layer') || editor.parentElement.appendChild(document.createElement('grammar-layer'));
  layer.replaceChildren(...Array.from({ length: 5 }, () => document.createElement('grammar-mark')));
  editor.setAttribute('data-grammar', String(performance.now() | 0));
  editor.closest('[role=dialog]').classList.toggle('grammar-on');
};
setInterval(() => document.querySelectorAll('[g_editable=true]').forEach(draw), 40);
