/* Mending the cells of an import by keyboard: Enter goes to the next cell, which saves the one left. */
"use strict";

(() => {
  const isCell = (element) => element && element.matches && element.matches("input.cell");

  // Enter never sends the form from a cell; while an input method composes it commits a candidate.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !isCell(event.target)) {
      return;
    }
    event.preventDefault();
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const cells = [...document.querySelectorAll("input.cell")];
    const next = cells[cells.indexOf(event.target) + 1];
    if (next) {
      next.focus();
      next.select();
    } else {
      event.target.blur();
    }
  });

  // What is being typed in the same row while an answer comes is not lost with the old row.
  let typing = null;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const at = document.activeElement;
    typing = isCell(at) && event.detail.target.contains(at) ? { id: at.id, text: at.value } : null;
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const again = typing && document.getElementById(typing.id);
    if (again) {
      again.value = typing.text;
      again.focus();
    }
    typing = null;
  });
})();
