// Keeps the open page true: asks for its living parts every two seconds while somebody can see them, and says when
// nobody answers. What changes is decided by the server; a page without [data-live] stays as it is.
"use strict";
(() => {
  const PERIOD_MS = 2000;
  const shown = new WeakMap();
  const show = (id, wanted) => { document.getElementById(id).hidden = !wanted; };

  const refresh = () => {
    const parts = document.visibilityState === "visible" ? document.querySelectorAll("[data-live]") : [];
    parts.forEach((part) => window.htmx.trigger(part, "refresh"));
  };

  const mark = () => {
    const live = document.querySelector("[data-live]") !== null;
    document.getElementById("liveness").textContent = live ? "live" : "";
  };

  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    if (status === 0) return; // given up in favour of a newer one, or nobody there, which the next two tell
    show("dash-away", false);
    show("server-away", status >= 500);
    show("refused", status === 403);
  });
  document.addEventListener("htmx:sendError", () => show("dash-away", true));
  document.addEventListener("htmx:timeout", () => show("dash-away", true));
  // The same answer again leaves the page alone: the reader's selection and focus stay where they are.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.requestConfig.elt;
    if (!part.hasAttribute("data-live")) return;
    if (shown.get(document.body) === event.detail.xhr.responseText) event.detail.shouldSwap = false;
    else if (event.detail.shouldSwap) shown.set(document.body, event.detail.xhr.responseText);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.hasAttribute("data-live")) shown.delete(document.body);
  });
  document.addEventListener("htmx:afterSettle", mark);
  mark();
  window.setInterval(refresh, PERIOD_MS);
})();
