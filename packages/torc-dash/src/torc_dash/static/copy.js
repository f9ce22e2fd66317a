// Buttons with [data-copy] copy the text of the element with that id.
"use strict";
(() => {
  if (!navigator.clipboard) return; // without https or localhost, browsers have no clipboard for pages
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
})();
