/* What a page can do better with script; without it every page still works. */
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) {
      window.print();
    }
  });

  // A swapped part says in one sentence what it now holds; screen readers hear it from here.
  document.body.addEventListener("htmx:afterSettle", () => {
    const told = document.querySelector("[data-status]");
    if (told) {
      document.getElementById("status").textContent = told.textContent.trim();
    }
  });

  // Whoever was sent back with faults begins at the first sentence that says so.
  const summary = document.querySelector(".summary[tabindex]");
  if (summary) {
    summary.focus();
  }

  // ---- choosing many rows: all or none, and how many there are ----

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    const told = form && form.querySelector("[data-chosen]");
    if (!told) {
      return;
    }
    const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
    if (event.target.matches("[data-all]")) {
      for (const box of boxes) {
        box.checked = event.target.checked;
      }
    }
    told.textContent = String(boxes.filter((box) => box.checked).length);
  });
})();
