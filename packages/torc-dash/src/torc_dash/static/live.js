// Keeps the open page current: requests its live parts every two seconds while the page is visible, and shows a banner
// when the server does not answer. The server decides what changes; a page without [data-live] does not change.
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
    if (status === 0) return; // replaced by a newer request, or a network error, which the next two handlers show
    show("dash-away", false);
    show("server-away", status >= 500);
    show("refused", status === 403);
  });
  document.addEventListener("htmx:sendError", () => show("dash-away", true));
  document.addEventListener("htmx:timeout", () => show("dash-away", true));
  // An identical response does not change the page, so selection and focus are kept.
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
