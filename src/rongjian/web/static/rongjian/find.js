/* The box in the masthead: Ctrl+K goes there, a short list comes while one types, never while an
   input method is composing. Without script the box is a plain form. */
"use strict";

(() => {
  const WAIT = 250;
  const boxes = () => [...document.querySelectorAll("[data-find-box]")];
  const box = document.getElementById("find-box");
  const list = document.getElementById("find-list");

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      const shown = boxes().find((each) => each.offsetParent !== null);
      event.preventDefault();
      if (shown) {
        shown.focus();
        shown.select();
      } else {
        location.assign("/find");
      }
    }
  });

  /* Enter commits what is being composed; it is no word to the page. */
  let composing = false;
  const isComposing = (event) => composing || event.isComposing || event.keyCode === 229;
  for (const each of boxes()) {
    each.addEventListener("compositionstart", () => {
      composing = true;
    });
    each.addEventListener("compositionend", () => {
      composing = false;
    });
    each.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && isComposing(event)) {
        event.preventDefault();
      }
    });
  }
  if (!box || !list) {
    return;
  }

  let asked = "";
  let timer = 0;

  const hide = () => {
    list.hidden = true;
  };
  const ask = () => {
    const words = box.value.trim();
    if (words === asked) {
      list.hidden = !words || !list.children.length;
      return;
    }
    asked = words;
    if (words) {
      window.htmx.trigger(box, "find");
    } else {
      list.textContent = "";
      hide();
    }
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (!composing) {
        ask();
      }
    }, WAIT);
  };

  box.addEventListener("input", (event) => {
    if (!composing && !event.isComposing) {
      later();
    }
  });
  box.addEventListener("compositionend", later);
  list.addEventListener("htmx:afterSwap", () => {
    list.hidden = !list.children.length || !box.form.contains(document.activeElement);
  });

  // ---- arrows walk the list, Esc leaves it ----

  const links = () => (list.hidden ? [] : [...list.querySelectorAll("a")]);
  box.form.addEventListener("keydown", (event) => {
    if (isComposing(event)) {
      return;
    }
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      box.focus();
      hide(); // After the focus, which shows what was asked for last.
    } else if (event.key === "ArrowDown" && all[at + 1]) {
      event.preventDefault();
      all[at + 1].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (all[at - 1] || box).focus();
    }
  });
  box.addEventListener("focus", () => {
    if (box.value.trim() && box.value.trim() === asked) {
      list.hidden = !list.children.length;
    }
  });
  document.addEventListener("focusin", (event) => {
    if (!box.form.contains(event.target)) {
      hide();
    }
  });
  document.addEventListener("click", (event) => {
    if (!box.form.contains(event.target)) {
      hide();
    }
  });
})();
