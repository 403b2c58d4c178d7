/* Arrow keys go from cell to cell, PageUp and PageDown from month to month; a declaration that can be
   taken back counts its seconds down, then puts its button away. */
"use strict";

(() => {
  const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
  const TURNS = { PageUp: "prev", PageDown: "next" };
  for (const table of document.querySelectorAll("table.heat, table.month")) {
    table.addEventListener("keydown", (event) => {
      const links = [...table.querySelectorAll("td a")];
      const at = links.indexOf(document.activeElement);
      if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) {
        return;
      }
      const turn = TURNS[event.key] && document.querySelector(`.month-head [rel=${TURNS[event.key]}]`);
      const next = event.key in STEPS ? links[at + STEPS[event.key]] : null;
      if (turn) {
        event.preventDefault();
        turn.click();
      } else if (next) {
        event.preventDefault();
        next.focus();
      }
    });
  }
})();

(() => {
  const told = document.querySelector("form.told");
  if (!told) {
    return;
  }
  const left = told.querySelector("[data-left]");
  let seconds = Number(told.dataset.seconds);
  const clock = setInterval(() => {
    seconds -= 1;
    left.textContent = String(seconds);
    if (seconds <= 0) {
      clearInterval(clock);
      told.querySelector("button").remove();
    }
  }, 1000);
})();
