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

  // ---- two trees: the nested lists become trees, with arrow keys ----

  const branch = (item) => item.querySelector(":scope > details");

  const shown = (tree) =>
    [...tree.querySelectorAll("[role=treeitem]")].filter((item) => {
      for (let up = item.parentElement; up !== tree; up = up.parentElement) {
        if (up.tagName === "DETAILS" && !up.open) {
          return false;
        }
      }
      return true;
    });

  const focusOn = (tree, item) => {
    for (const other of tree.querySelectorAll("[role=treeitem]")) {
      other.tabIndex = -1;
    }
    item.tabIndex = 0;
    item.focus();
  };

  const moves = {
    ArrowDown: (all, at) => all[at + 1],
    ArrowUp: (all, at) => all[at - 1],
    Home: (all) => all[0],
    End: (all) => all[all.length - 1],
    ArrowRight: (all, at) => {
      const folded = branch(all[at]);
      if (folded && !folded.open) {
        folded.open = true;
        return all[at];
      }
      return folded ? folded.querySelector("[role=treeitem]") : all[at];
    },
    ArrowLeft: (all, at) => {
      const open = branch(all[at]);
      if (open && open.open) {
        open.open = false;
        return all[at];
      }
      return all[at].parentElement.closest("[role=treeitem]") || all[at];
    },
  };

  for (const tree of document.querySelectorAll("[data-tree]")) {
    tree.setAttribute("role", "tree");
    for (const group of tree.querySelectorAll("ul")) {
      group.setAttribute("role", "group");
    }
    tree.querySelectorAll("li").forEach((item, at) => {
      item.setAttribute("role", "treeitem");
      item.tabIndex = at === 0 ? 0 : -1;
      const folded = branch(item);
      if (folded) {
        const say = () => item.setAttribute("aria-expanded", String(folded.open));
        folded.querySelector("summary").tabIndex = -1;
        folded.addEventListener("toggle", say);
        say();
      }
    });
    tree.addEventListener("keydown", (event) => {
      const item = event.target;
      if (item.getAttribute("role") !== "treeitem" || event.ctrlKey || event.altKey) {
        return;
      }
      const all = shown(tree);
      const next = moves[event.key] && moves[event.key](all, all.indexOf(item));
      if (next) {
        event.preventDefault();
        focusOn(tree, next);
      } else if (event.key === "Enter") {
        const mate = item.querySelector(":scope > .node .mate, :scope > details > summary .mate");
        if (mate) {
          mate.click();
        }
      }
    });
  }

  // Jumping to the partner in the other tree opens what is folded around it.
  const arrive = () => {
    const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!found) {
      return;
    }
    for (let up = found.parentElement; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") {
        up.open = true;
      }
    }
    const tree = found.closest("[role=tree]");
    if (tree) {
      focusOn(tree, found);
    }
  };
  window.addEventListener("hashchange", arrive);
  arrive();
})();
