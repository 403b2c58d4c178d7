/* Two trees by the WAI-ARIA pattern: arrows walk, → unfolds, Enter goes to the partner in the other
   tree. The lines between them follow what is unfolded. Without script everything is unfolded. */
"use strict";

(() => {
  const trees = [...document.querySelectorAll("[data-tree]")];
  const drawing = document.querySelector(".between svg");
  if (!drawing) {
    return;
  }
  const status = document.getElementById("status");
  const items = (tree) => [...tree.querySelectorAll("[role=treeitem]")];
  const group = (item) => item.querySelector(":scope > ul");
  const above = (item) => item.parentElement.closest("[role=treeitem]");
  const isOpen = (item) => item.getAttribute("aria-expanded") === "true";
  const row = (item) => item.querySelector(":scope > .row");
  let camefrom = "";

  const shown = (tree) =>
    items(tree).filter((item) => {
      for (let up = above(item); up; up = above(up)) {
        if (!isOpen(up)) {
          return false;
        }
      }
      return true;
    });

  // ---- the lines ----

  /* The row that stands for a unit: its own, or that of what it is folded into. */
  const standing = (id) => {
    let found = document.getElementById(id);
    for (let up = found && above(found); up; up = above(up)) {
      if (!isOpen(up)) {
        found = up;
      }
    }
    return found;
  };

  const middle = (item, top) => {
    const box = row(item).getBoundingClientRect();
    return box.top + box.height / 2 - top;
  };

  const draw = () => {
    const lowest = Math.max(...trees.map((tree) => tree.offsetHeight), 30);
    drawing.setAttribute("height", lowest);
    drawing.setAttribute("viewBox", `0 0 96 ${lowest}`);
    const top = drawing.getBoundingClientRect().top;
    for (const line of drawing.querySelectorAll("path")) {
      const [from, to] = [standing(line.dataset.from), standing(line.dataset.to)];
      if (from && to) {
        const [start, end] = [middle(from, top), middle(to, top)];
        line.setAttribute("d", `M0 ${start}C48 ${start} 48 ${end} 96 ${end}`);
      }
    }
  };

  const meet = (item) => {
    for (const met of document.querySelectorAll(".met")) {
      met.classList.remove("met");
    }
    if (!item) {
      return;
    }
    for (const line of drawing.querySelectorAll("path")) {
      const ends = [line.dataset.from, line.dataset.to];
      if (ends.includes(item.id)) {
        line.classList.add("met");
        for (const end of ends) {
          const other = document.getElementById(end);
          if (other && other !== item) {
            row(other).classList.add("met");
          }
        }
      }
    }
  };

  // ---- focus, folding, jumping ----

  const focusOn = (item) => {
    const tree = item.closest("[role=tree]");
    for (let up = above(item); up; up = above(up)) {
      fold(up, true);
    }
    for (const other of items(tree)) {
      other.tabIndex = -1;
      other.setAttribute("aria-selected", "false");
    }
    item.tabIndex = 0;
    item.setAttribute("aria-selected", "true");
    item.focus();
  };

  const fold = (item, open) => {
    const below = group(item);
    if (below && isOpen(item) !== open) {
      item.setAttribute("aria-expanded", String(open));
      below.hidden = !open;
      item.querySelector(":scope > .row .fold").textContent = open ? "▾" : "▸";
      draw();
    }
  };

  /* The partner that one came from, if it is one, else the first. */
  const jump = (item, wanted) => {
    const mates = [...row(item).querySelectorAll(".mate")];
    const back = mates.find((mate) => mate.hash === `#${camefrom}`);
    const mate = wanted || back || mates[0];
    const partner = mate && document.getElementById(mate.hash.slice(1));
    if (!partner) {
      status.textContent = `${item.dataset.name} 没有对应的单位`;
      return;
    }
    camefrom = item.id;
    status.textContent = mate.dataset.said;
    focusOn(partner);
  };

  const moves = {
    ArrowDown: (all, at) => all[at + 1],
    ArrowUp: (all, at) => all[at - 1],
    Home: (all) => all[0],
    End: (all) => all[all.length - 1],
    ArrowRight: (all, at) => {
      const item = all[at];
      if (group(item) && !isOpen(item)) {
        fold(item, true);
        return item;
      }
      return group(item) ? all[at + 1] : item;
    },
    ArrowLeft: (all, at) => {
      const item = all[at];
      if (group(item) && isOpen(item)) {
        fold(item, false);
        return item;
      }
      return above(item) || item;
    },
  };

  const pressed = (event) => {
    const item = event.target;
    if (item.getAttribute("role") !== "treeitem" || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const all = shown(item.closest("[role=tree]"));
    if (event.key === "Enter") {
      event.preventDefault();
      jump(item);
    } else if (moves[event.key]) {
      event.preventDefault();
      const next = moves[event.key](all, all.indexOf(item));
      if (next) {
        focusOn(next);
      }
    }
  };

  const prepare = (tree) => {
    tree.setAttribute("role", "tree");
    const found = [...tree.querySelectorAll("li[id]")];
    found.forEach((item, at) => {
      item.setAttribute("role", "treeitem");
      item.setAttribute("aria-selected", "false");
      item.setAttribute("aria-label", row(item).innerText.replace(/\s+/g, " ").trim());
      item.tabIndex = at === 0 ? 0 : -1;
      const below = group(item);
      if (below) {
        below.setAttribute("role", "group");
        item.setAttribute("aria-expanded", "true");
        const mark = document.createElement("span");
        mark.className = "fold";
        mark.textContent = "▾";
        mark.setAttribute("aria-hidden", "true");
        mark.addEventListener("click", () => fold(item, !isOpen(item)));
        row(item).prepend(mark);
      }
      for (const link of row(item).querySelectorAll("a")) {
        link.tabIndex = -1;
      }
    });
    for (const item of found) {
      let level = 1;
      for (let up = above(item); up; up = above(up)) {
        level += 1;
      }
      item.setAttribute("aria-level", level);
    }
    tree.addEventListener("keydown", pressed);
    tree.addEventListener("focusin", (event) => meet(event.target.closest("[role=treeitem]")));
    tree.addEventListener("mouseover", (event) => meet(event.target.closest("[role=treeitem]")));
    tree.addEventListener("mouseleave", () => meet(null));
    tree.addEventListener("click", (event) => {
      const mate = event.target.closest(".mate");
      if (mate) {
        event.preventDefault();
        jump(mate.closest("[role=treeitem]"), mate);
      }
    });
  };

  trees.forEach(prepare);
  draw();
  window.addEventListener("resize", draw);

  // An address that names a unit begins there.
  const arrive = () => {
    const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (found && found.getAttribute("role") === "treeitem") {
      focusOn(found);
    }
  };
  window.addEventListener("hashchange", arrive);
  arrive();
})();
