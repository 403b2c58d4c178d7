/* Counts down the seconds in which a declaration can be taken back, then puts the button away. */
"use strict";

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
