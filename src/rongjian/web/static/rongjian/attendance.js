/* The numbers of a meeting follow the names that are ticked as absent; the server works them out anew. */
"use strict";

(() => {
  const tell = (part) => {
    const boxes = [...part.querySelectorAll("input[name=absent_person]")];
    const gone = boxes.filter((box) => box.checked);
    const there = boxes.length - gone.length;
    let words = `应到 ${boxes.length}，缺席 ${gone.length}，实到 ${there}`;
    const [share, whole] = part.dataset.over.split("/").map(Number);
    if (part.dataset.quorum) {
      const voters = part.dataset.quorum === "voters";
      const counted = voters ? boxes.filter((box) => "votes" in box.dataset) : boxes;
      const present = counted.filter((box) => !box.checked).length;
      const enough = present * whole > counted.length * share;
      words += enough ? " ✓可表决" : " 不足，不能表决";
    }
    part.querySelector("[data-told]").textContent = words;
  };

  document.addEventListener("change", (event) => {
    const part = event.target.closest(".attending");
    if (part) {
      tell(part);
    }
  });

  // Another type, unit or day brings another roster; whoever was ticked and is on it stays ticked.
  let kept = null;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "attending") {
      const part = document.querySelector(".attending");
      const ticked = document.querySelectorAll("input[name=absent_person]:checked");
      kept = { open: Boolean(part && part.open), gone: [...ticked].map((box) => box.value) };
    }
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const part = document.querySelector(".attending");
    if (kept && part) {
      part.open = kept.open;
      for (const box of part.querySelectorAll("input[name=absent_person]")) {
        box.checked = kept.gone.includes(box.value);
      }
      tell(part);
    }
    kept = null;
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-close]");
    if (button) {
      const part = button.closest("details");
      part.open = false;
      part.querySelector("summary").focus();
    }
  });
})();
