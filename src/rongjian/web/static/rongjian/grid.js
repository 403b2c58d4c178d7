/* Lists: choosing rows, copying the address; and the table that can be written in (?edit=1). Arrows
   walk, Enter or F2 edits, what is typed is saved cell by cell, blocks are pasted from Excel or WPS
   after a preview. The server reads, judges and remembers; here nothing is decided. */
"use strict";

(() => {
  const STATES = { dirty: "·未保存", saved: "✓已保存", hint: "!提示", error: "×错误" };
  const SHOWN_PROBLEMS = 8;
  const find = (selector) => document.querySelector(selector);
  const grid = () => find("[data-grid]");

  // ---- choosing rows ----

  const boxes = () => [...document.querySelectorAll("tbody input[form=selected]")];

  const count = () => {
    const bar = find("form.batch");
    if (bar) {
      const picked = boxes().filter((box) => box.checked).length;
      bar.querySelector("[data-picked]").textContent = String(picked);
      bar.classList.toggle("none", picked === 0);
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) {
      for (const box of boxes()) {
        box.checked = event.target.checked;
      }
    }
    count();
  });
  document.body.addEventListener("htmx:afterSettle", count);
  window.addEventListener("pageshow", count);
  count();

  // ---- the address, copied where the page is no secure context ----

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-link]");
    if (button) {
      const text = document.createElement("textarea");
      text.value = window.location.href;
      button.after(text);
      text.select();
      const done = document.execCommand("copy");
      text.remove();
      button.textContent = done ? "已复制链接" : "没有复制，请从地址栏复制";
    }
  });

  // ---- one panel above the list open at a time, none when one clicks elsewhere ----

  document.addEventListener("click", (event) => {
    const inside = event.target.closest(".tools details");
    for (const panel of document.querySelectorAll(".tools details[open]")) {
      panel.open = panel === inside;
    }
  });

  // ---- cells ----

  let editor = null; // the box in the cell that is being edited
  let anchor = null; // where a range of cells begins
  let asked = null; // the cell whose conflict is being asked about

  const tell = (words) => {
    const told = find("[data-told]");
    if (told) {
      told.textContent = words;
    }
  };
  const value = (cell) => cell.querySelector(".value");
  const textOf = (cell) => value(cell).textContent;
  const storedOf = (cell) => (cell.dataset.was === undefined ? textOf(cell) : cell.dataset.was);
  const writable = (cell) => cell.dataset.field && cell.getAttribute("aria-readonly") !== "true";
  const rows = () => [...grid().tBodies[0].rows];
  const cellsOf = (row) => [...row.querySelectorAll("td[data-field]")];
  const placeOf = (cell) => ({
    row: rows().indexOf(cell.parentElement),
    column: cellsOf(cell.parentElement).indexOf(cell),
  });
  const at = (row, column) => {
    const line = rows()[row];
    return line && cellsOf(line)[column];
  };
  const current = () => {
    const cell = document.activeElement && document.activeElement.closest("td[tabindex]");
    return cell && cell.closest("[data-grid]") ? cell : null;
  };
  const nameOf = (cell) => `第 ${placeOf(cell).row + 1} 行“${cell.dataset.label}”`;

  const mark = (cell, state, why) => {
    const old = cell.querySelector(".mark");
    if (old) {
      old.remove();
    }
    cell.dataset.state = state;
    cell.dataset.why = why || "";
    if (state) {
      const sign = document.createElement("span");
      sign.className = "mark";
      sign.textContent = STATES[state];
      sign.title = why || "";
      cell.append(sign);
    }
  };

  const settle = (cell, text) => {
    value(cell).textContent = text;
    delete cell.dataset.was;
    delete cell.dataset.theirs;
  };

  const type = (cell, text) => {
    cell.dataset.was = storedOf(cell);
    value(cell).textContent = text;
    mark(cell, "dirty");
  };

  const range = () => {
    const to = current();
    const from = anchor && anchor.isConnected && anchor.dataset.field ? anchor : to;
    if (!to || !to.dataset.field) {
      return null;
    }
    const [one, other] = [placeOf(from), placeOf(to)];
    const top = Math.min(one.row, other.row);
    const left = Math.min(one.column, other.column);
    const height = Math.abs(one.row - other.row) + 1;
    const width = Math.abs(one.column - other.column) + 1;
    const lines = [];
    for (let row = top; row < top + height; row += 1) {
      lines.push(cellsOf(rows()[row]).slice(left, left + width));
    }
    return { top, left, lines };
  };

  const paintRange = () => {
    const chosen = range();
    const inside = new Set(chosen && anchor ? chosen.lines.flat() : []);
    for (const cell of grid().querySelectorAll("td[data-field]")) {
      if (inside.has(cell)) {
        cell.setAttribute("aria-selected", "true");
      } else {
        cell.removeAttribute("aria-selected");
      }
    }
  };

  const go = (cell, extend) => {
    if (!cell) {
      return;
    }
    anchor = extend ? anchor || current() : null;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    paintRange();
  };

  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-grid] td[tabindex]");
    if (cell) {
      for (const other of grid().querySelectorAll('td[tabindex="0"]')) {
        other.tabIndex = -1;
      }
      cell.tabIndex = 0;
      if (cell.dataset.theirs !== undefined) {
        askConflict(cell);
      } else if (cell.dataset.why) {
        tell(`${nameOf(cell)}：${STATES[cell.dataset.state]}，${cell.dataset.why}`);
      }
    }
  });

  // ---- talking with the server, one thing after the other ----

  let last = Promise.resolve();
  let waiting = 0;

  const queue = (job) => {
    waiting += 1;
    last = last
      .then(job)
      .catch((error) => tell(error.message))
      .then(() => {
        waiting -= 1;
      });
  };

  const post = async (path, values) => {
    const token = find("[data-gridbar] [name=csrfmiddlewaretoken]").value;
    let answer = null;
    try {
      answer = await fetch(grid().dataset.grid + path, {
        method: "POST",
        headers: { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
        body: new URLSearchParams(values),
        redirect: "manual",
      });
    } catch (error) {
      throw new Error("网络不通，没有保存。请在恢复后按回车再试。");
    }
    if (answer.type === "opaqueredirect") {
      throw new Error("登录已失效，没有保存。请在另一个窗口登录，再回来按回车再试。");
    }
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      throw new Error(`没有保存：服务器没有接受（${answer.status}）。`);
    }
    return answer.json();
  };
  const newKey = () => `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;

  /* What became of one cell of a row. */
  const apply = (cell, done) => {
    const name = cell.dataset.field;
    const fault = done.faults[name];
    if (fault && fault.group === "conflict") {
      cell.dataset.theirs = fault.theirs;
      mark(cell, "error", fault.message);
      askConflict(cell);
    } else if (fault) {
      const way = fault.suggestion ? `，是否为“${fault.suggestion}”` : "";
      const words = fault.message.includes("是否为") ? fault.message : fault.message + way;
      mark(cell, "error", words);
      tell(`${nameOf(cell)}没有保存：${words}`);
    } else if (name in done.texts) {
      settle(cell, done.texts[name]);
      const hint = done.hints[name];
      mark(cell, hint ? "hint" : "saved", hint);
      tell(`${nameOf(cell)}：${hint ? `${STATES.hint}，${hint}` : STATES.saved}`);
    }
  };

  const send = (cell) => {
    const values = { field: cell.dataset.field, text: textOf(cell), was: storedOf(cell), key: newKey() };
    queue(async () => {
      try {
        apply(cell, await post(`/${cell.parentElement.dataset.pk}/cell`, values));
      } catch (error) {
        mark(cell, "error", error.message);
        throw error;
      }
    });
  };

  // ---- somebody was faster ----

  const askConflict = (cell) => {
    const panel = find("[data-conflict]");
    asked = cell;
    panel.querySelector("p").textContent =
      `${nameOf(cell)}：${cell.dataset.why}，您填的是“${textOf(cell)}”。`;
    panel.hidden = false;
  };

  const answerConflict = (mine) => {
    const [cell, theirs] = [asked, asked.dataset.theirs];
    const typed = textOf(cell);
    find("[data-conflict]").hidden = true;
    settle(cell, theirs);
    mark(cell, "");
    go(cell);
    if (mine) {
      type(cell, typed);
      send(cell);
    } else {
      tell(`${nameOf(cell)}：用对方的“${theirs}”。`);
    }
  };

  // ---- editing one cell ----

  const open = (cell) => {
    if (!writable(cell)) {
      tell(cell.dataset.field ? `${nameOf(cell)}不能在表格里改，请打开记录办理。` : "");
      return;
    }
    const offered = document.getElementById(`offer-${cell.dataset.field}`);
    const box = document.createElement(offered ? "input" : "textarea");
    if (offered) {
      box.setAttribute("list", offered.id);
    } else {
      box.rows = 1;
    }
    box.className = "editor";
    box.autocomplete = "off";
    box.setAttribute("aria-label", cell.dataset.label);
    box.value = textOf(cell);
    cell.append(box);
    cell.classList.add("editing");
    editor = box;
    box.focus();
    box.select();
  };

  const close = (keep) => {
    const box = editor;
    const cell = box.parentElement;
    editor = null;
    const text = box.value;
    box.remove();
    cell.classList.remove("editing");
    if (keep && (text !== textOf(cell) || cell.dataset.state === "error")) {
      type(cell, text);
      send(cell);
    }
    return cell;
  };

  document.addEventListener("focusout", (event) => {
    if (editor && event.target === editor) {
      close(true);
    }
  });

  const restore = (cell) => {
    settle(cell, storedOf(cell));
    mark(cell, "");
    find("[data-conflict]").hidden = true;
    tell("");
  };

  const following = (cell, step) => {
    const all = [...grid().querySelectorAll("td[data-field]")].filter(
      (each) => each === cell || writable(each),
    );
    return all[all.indexOf(cell) + step] || cell;
  };

  const inEditor = (event) => {
    if (event.key === "Enter" && (event.altKey || event.shiftKey) && editor.rows) {
      event.preventDefault();
      editor.setRangeText("\n", editor.selectionStart, editor.selectionEnd, "end");
    } else if (event.key === "Enter") {
      event.preventDefault();
      const cell = close(true);
      const { row, column } = placeOf(cell);
      go(at(row + 1, column) || cell);
    } else if (event.key === "Escape") {
      event.preventDefault();
      go(close(false));
    } else if (event.key === "Tab") {
      event.preventDefault();
      go(following(close(true), event.shiftKey ? -1 : 1));
    }
  };

  // ---- walking ----

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  const walk = (cell, event) => {
    const line = [...cell.parentElement.querySelectorAll("td[tabindex]")];
    const [down, right] = STEPS[event.key];
    const place = line.indexOf(cell);
    const other = rows()[rows().indexOf(cell.parentElement) + down];
    const target = down
      ? other && [...other.querySelectorAll("td[tabindex]")][place]
      : line[place + right];
    go(target, event.shiftKey);
  };

  const onCell = (cell, event) => {
    const control = event.ctrlKey || event.metaKey;
    const line = cellsOf(cell.parentElement);
    if (STEPS[event.key] && !control && !event.altKey) {
      walk(cell, event);
    } else if (event.key === "Home" || event.key === "End") {
      go(event.key === "Home" ? line[0] : line[line.length - 1], event.shiftKey);
    } else if (event.key === "Enter" || event.key === "F2") {
      const link = cell.dataset.field ? null : cell.querySelector("a");
      if (link) {
        link.click();
      } else {
        open(cell);
      }
    } else if (event.key === " ") {
      const box = cell.parentElement.querySelector("input[form=selected]");
      if (box) {
        box.click();
      }
    } else if (event.key === "Escape") {
      if (cell.dataset.was !== undefined) {
        restore(cell);
      }
      go(cell);
    } else if (control && event.key.toLowerCase() === "d") {
      fill();
    } else if (control && event.key.toLowerCase() === "z") {
      undo();
    } else {
      return;
    }
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (window.composing(event) || !grid()) {
      return;
    }
    const cell = current();
    if (editor && event.target === editor) {
      inEditor(event);
    } else if (cell && event.target === cell) {
      onCell(cell, event);
    }
  });

  document.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("[data-grid] td[data-field]");
    if (cell && event.target !== editor) {
      if (event.shiftKey && current()) {
        event.preventDefault();
      }
      go(cell, event.shiftKey);
    }
  });
  document.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("[data-grid] td[data-field]");
    if (cell && !editor) {
      open(cell);
    }
  });
  document.addEventListener("click", (event) => {
    const pressed = (name) => event.target.closest(`[data-${name}]`);
    if (pressed("fill")) {
      fill();
    } else if (pressed("undo")) {
      undo();
    } else if (pressed("mine") || pressed("theirs")) {
      if (event.target.matches("button")) {
        answerConflict(event.target.matches("[data-mine]"));
      }
    }
  });

  // ---- many cells at once ----

  /* Rows as the server takes them: what goes into which cell. */
  const entriesOf = (pairs) => {
    const byRow = new Map();
    for (const [cell, text] of pairs) {
      const pk = cell.parentElement.dataset.pk;
      const entry = byRow.get(pk) || { pk, texts: {}, was: {} };
      entry.texts[cell.dataset.field] = text;
      entry.was[cell.dataset.field] = storedOf(cell);
      byRow.set(pk, entry);
    }
    return JSON.stringify([...byRow.values()]);
  };

  const applyRows = (done) => {
    for (const row of done || []) {
      const line = grid().querySelector(`tr[data-pk="${row.pk}"]`);
      for (const cell of line ? cellsOf(line) : []) {
        if (cell.dataset.field in row.texts || cell.dataset.field in row.faults) {
          apply(cell, row);
        }
      }
    }
  };

  const write = async (pairs, what) => {
    const rowsSent = entriesOf(pairs);
    for (const [cell, text] of pairs) {
      type(cell, text);
    }
    try {
      const done = await post("/grid", { do: "write", what, rows: rowsSent, key: newKey() });
      applyRows(done.rows);
      tell(done.words);
    } catch (error) {
      for (const [cell] of pairs) {
        mark(cell, "error", error.message);
      }
      throw error;
    }
  };

  /* Ctrl+D: what stands at the top of the range goes into all below it; of one cell, the one above. */
  const fill = () => {
    const chosen = range();
    if (!chosen) {
      tell("请先选中要填充的格子。");
      return;
    }
    const above = at(chosen.top - 1, chosen.left);
    const lines = chosen.lines.length > 1 ? chosen.lines : [[above], chosen.lines[0]];
    const [top, ...below] = lines;
    if (!top[0]) {
      tell("第一行上面没有可以填充的内容。");
      return;
    }
    const pairs = below
      .flatMap((line) => line.map((cell, place) => [cell, textOf(top[place] || top[0])]))
      .filter(([cell]) => writable(cell));
    if (pairs.length) {
      queue(() => write(pairs, "fill"));
    } else {
      tell("选中的格子不能在表格里改。");
    }
  };

  const undo = () => {
    queue(async () => {
      const done = await post("/grid", { do: "undo" });
      applyRows(done.rows);
      tell(done.words);
    });
  };

  // ---- the clipboard ----

  /* A cell of a pasted table: line breaks kept, the spaces of its source not. */
  const cellText = (cell) => {
    let text = "";
    const read = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) {
          text += child.nodeValue.replace(/[ \t\r\n]+/g, " ");
        } else if (child.nodeName === "BR") {
          text += "\n";
        } else if (child.nodeType === Node.ELEMENT_NODE) {
          const block = /^(P|DIV|LI)$/.test(child.nodeName);
          if (block && text && !text.endsWith("\n")) {
            text += "\n";
          }
          read(child);
        }
      }
    };
    read(cell);
    return text.split("\n").map((line) => line.trim()).join("\n").trim();
  };

  const fromHtml = (html) => {
    const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
    if (!table) {
      return [];
    }
    const lines = [...table.rows].map(() => []);
    [...table.rows].forEach((row, down) => {
      let right = 0;
      for (const cell of row.cells) {
        while (lines[down][right] !== undefined) {
          right += 1;
        }
        const [tall, wide] = [cell.rowSpan || 1, cell.colSpan || 1];
        for (let below = down; below < Math.min(down + tall, lines.length); below += 1) {
          for (let beside = right; beside < right + wide; beside += 1) {
            lines[below][beside] = "";
          }
        }
        lines[down][right] = cellText(cell);
        right += wide;
      }
    });
    return lines.filter((line) => line.length);
  };

  /* Tab-separated text; a cell in quotation marks may hold tabs and line breaks. */
  const fromText = (given) => {
    const text = given.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const quoted = /"((?:[^"]|"")*)"(?=\t|\n|$)/y;
    const plain = /[^\t\n]*/y;
    const lines = [[]];
    for (let place = 0; place <= text.length; place += 1) {
      quoted.lastIndex = place;
      plain.lastIndex = place;
      const found = quoted.exec(text);
      const cell = found || plain.exec(text);
      lines[lines.length - 1].push(found ? found[1].replace(/""/g, '"') : cell[0]);
      place += cell[0].length;
      if (text[place] === "\n") {
        lines.push([]);
      }
    }
    return lines;
  };

  const ask = (words, problems, label) =>
    new Promise((answer) => {
      const dialog = find("[data-pasting]");
      dialog.querySelector("p").textContent = words;
      dialog.querySelector("ul").replaceChildren(
        ...problems.map((problem) => {
          const line = document.createElement("li");
          line.textContent = problem;
          return line;
        }),
      );
      const [yes, no] = [dialog.querySelector("[data-go]"), dialog.querySelector("[data-stop]")];
      yes.textContent = label;
      const done = (said) => {
        yes.onclick = no.onclick = dialog.onclose = null;
        dialog.close();
        answer(said);
      };
      yes.onclick = () => done(true);
      no.onclick = () => done(false);
      dialog.onclose = () => done(false);
      dialog.showModal();
      yes.focus();
    });

  /* What of a block does not fit into the table from here; never dropped without a word. */
  const overhang = (block, top, left) => {
    const width = Math.max(...block.map((line) => line.length));
    const [columns, lines] = [cellsOf(rows()[top]).length - left, rows().length - top];
    let words = "";
    if (width > columns) {
      words += `粘贴了 ${width} 列，表里从当前列起只有 ${columns} 列。多出的 ${width - columns} 列不会写入。`;
    }
    if (block.length > lines) {
      words += `粘贴了 ${block.length} 行，本页从当前行起只有 ${lines} 行。多出的 ${block.length - lines} 行不会写入。`;
    }
    return words;
  };

  const problemsOf = (done) => {
    const found = [];
    for (const row of done.rows) {
      const line = grid().querySelector(`tr[data-pk="${row.pk}"]`);
      const told = [
        ...Object.entries(row.faults).map(([name, fault]) => [name, `×${fault.message}`]),
        ...Object.entries(row.hints).map(([name, words]) => [name, `!${words}`]),
      ];
      for (const [name, words] of told) {
        found.push(`${nameOf(line.querySelector(`[data-field="${name}"]`))}：${words}`);
      }
    }
    const more = found.length - SHOWN_PROBLEMS;
    return more > 0 ? [...found.slice(0, SHOWN_PROBLEMS), `……另有 ${more} 处`] : found;
  };

  const paste = async (block) => {
    const chosen = range();
    if (!chosen) {
      return;
    }
    const { top, left, lines } = chosen;
    const single = block.length === 1 && block[0].length === 1;
    const spread = single ? lines.map((line) => line.map(() => block[0][0])) : block;
    const too = overhang(spread, top, left);
    if (too && !(await ask(too, [], "继续"))) {
      tell("没有粘贴。");
      return;
    }
    const pairs = spread.flatMap((line, down) =>
      line.map((text, right) => [at(top + down, left + right), text]).filter(([cell]) => cell),
    );
    const told = await post("/grid", { do: "check", rows: entriesOf(pairs) });
    if (!told.rows) {
      tell(told.words);
    } else if (await ask(told.words, problemsOf(told), "写入")) {
      await write(pairs, "paste");
      go(at(top, left));
    } else {
      tell("没有粘贴。");
    }
  };

  document.addEventListener("paste", (event) => {
    const cell = current();
    if (!cell || editor || !cell.dataset.field) {
      return;
    }
    event.preventDefault();
    const held = event.clipboardData;
    const table = fromHtml(held.getData("text/html"));
    const block = table.length ? table : fromText(held.getData("text/plain"));
    queue(() => paste(block));
  });

  document.addEventListener("copy", (event) => {
    const chosen = editor || !grid() ? null : range();
    if (chosen && !String(window.getSelection())) {
      const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
      const lines = chosen.lines.map((line) => line.map((cell) => quoted(textOf(cell))).join("\t"));
      event.clipboardData.setData("text/plain", lines.join("\n"));
      event.preventDefault();
    }
  });

  // ---- leaving with something unsaved ----

  const unsaved = () => grid() && (waiting > 0 || grid().querySelector("td[data-was]") !== null);

  window.addEventListener("beforeunload", (event) => {
    if (unsaved()) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (unsaved() && !window.confirm("还有没有保存的格子，离开后就没有了。仍要离开吗")) {
      event.preventDefault();
    }
  });
})();
