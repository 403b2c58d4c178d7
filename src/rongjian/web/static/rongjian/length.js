/* 字数 while one writes: what the server counts afterwards, shown beside the box meanwhile. */
(function () {
  "use strict";
  var COUNTED = /[A-Za-z0-9]+(?:[.,/%-][A-Za-z0-9%]*)*|[^\s\u200b\ufeff]/g;

  function follow(box) {
    var shown = document.getElementById(box.dataset.length);
    function count() {
      var number = (box.value.match(COUNTED) || []).length;
      var over = number > Number(box.dataset.most);
      var most = box.dataset.of ? " / " + Number(box.dataset.most).toLocaleString("en-US") : "";
      shown.textContent = (most ? "字数 " : "") + number.toLocaleString("en-US") + (most || " 字");
      shown.className = "lamp " + (over ? "warn" : "ok");
      shown.hidden = number === 0 && !most;
    }
    box.addEventListener("input", count);
    count();
  }

  document.querySelectorAll("textarea[data-length]").forEach(follow);
})();
