// Gives a document without layout the two answers a browser has: nothing is shown in what is hidden or set to display none.
const HIDDEN = '[hidden], [style*="display: none"], [style*="display:none"]';

if (typeof Element !== 'undefined') {
  Element.prototype.checkVisibility = function () {
    return this.isConnected && !this.closest(HIDDEN);
  };
  Element.prototype.getBoundingClientRect = function () {
    return new DOMRect(0, 0, this.checkVisibility() ? 100 : 0, this.checkVisibility() ? 20 : 0);
  };
}
