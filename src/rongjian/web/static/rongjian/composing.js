/* Whether a key belongs to an input method that is still composing: Enter, Esc and arrows are then its
   own and must do nothing else. Every key handler of the product asks this first. */
"use strict";

window.composing = (() => {
  let open = false;
  document.addEventListener("compositionstart", () => {
    open = true;
  });
  document.addEventListener("compositionend", () => {
    open = false;
  });
  return (event) => event.isComposing || event.keyCode === 229 || open;
})();
