// Buttons with [data-copy] copy the text of the element with that id.
"use strict";
(() => {
  if (!navigator.clipboard) return; // without https or localhost, browsers have no clipboard for pages
  const show = () => { for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false; };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
})();
