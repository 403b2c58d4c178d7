/* Forms keep what is typed: saved quietly while one writes, and never lost to a dropped network. */
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) {
    return;
  }
  const told = document.getElementById("kept");
  const lost = document.getElementById("not-sent");
  const PAUSE = 800;
  let timer = 0;
  let sending = false;
  let checked = false;
  let pressed = null;

  const values = () => {
    const data = new FormData(form);
    for (const box of form.querySelectorAll("input[type=file]")) {
      data.delete(box.name); // A file is sent once, with the form itself.
    }
    data.append("address", location.pathname + location.search);
    return data;
  };

  async function keep() {
    if (sending) {
      return;
    }
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: values() });
      told.textContent = answer.ok ? await answer.text() : "没有自动保存，请尽快保存。";
    } catch {
      told.textContent = "网络不通，内容还在本页。";
    }
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);

  // A form is sent only once the house answers; until then everything stays where it was typed.
  form.addEventListener("submit", async (event) => {
    if (checked) {
      sending = true;
      return;
    }
    event.preventDefault();
    pressed = event.submitter;
    clearTimeout(timer);
    try {
      const answer = await fetch(form.dataset.alive, { cache: "no-store" });
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
    } catch {
      lost.hidden = false;
      lost.focus();
      return;
    }
    lost.hidden = true;
    checked = true;
    form.requestSubmit(pressed);
    checked = false;
  });

  document.querySelector("[data-again]").addEventListener("click", () => {
    form.requestSubmit(pressed);
  });

  // ---- rows that can be added ----

  for (const button of form.querySelectorAll("[data-add-row]")) {
    button.addEventListener("click", () => {
      const rows = form.querySelectorAll(`[data-row=${button.dataset.addRow}]`);
      const last = rows[rows.length - 1];
      const copy = last.cloneNode(true);
      for (const control of copy.querySelectorAll("input, select")) {
        control.value = control.tagName === "SELECT" ? control.options[0].value : "";
        if (control.tagName === "SELECT") {
          control.selectedIndex = 0;
        }
      }
      last.after(copy);
      copy.querySelector("input:not([type=hidden]), select").focus();
    });
  }
})();
