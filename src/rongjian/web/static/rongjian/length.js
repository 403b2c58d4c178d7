/* 字数 while one writes: what the server counts afterwards, shown beside the box meanwhile. */
(function () {
  "use strict";
  var COUNTED = /[A-Za-z0-9]+(?:[.,/%-][A-Za-z0-9%]*)*|[^\s\u200b\ufeff]/g;

  function follow(box) {
    var shown = document.getElementById(box.dataset.length);
    function count() {
      var number = (box.value.match(COUNTED) || []).length;
      var over = number > Number(box.dataset.most);
      shown.textContent = number.toLocaleString("en-US") + " 字";
      shown.className = "lamp " + (over ? "warn" : "ok");
      shown.hidden = number === 0;
    }
    box.addEventListener("input", count);
    count();
  }

  document.querySelectorAll("textarea[data-length]").forEach(follow);
})();
