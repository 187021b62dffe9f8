// The plain way to wait for a compose: look at every node that every change of the page adds.
const look = (records) => {
  for (const { addedNodes } of records)
    for (const node of addedNodes) if (node instanceof HTMLElement && node.isContentEditable) node.dataset.seen = 'yes';
};
new MutationObserver(look).observe(document, { childList: true, subtree: true });
