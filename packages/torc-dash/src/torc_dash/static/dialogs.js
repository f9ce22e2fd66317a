// Actions in a dialog: a link to the page of an action opens the form of that page over the current one, and the result
// of the form is shown there. Without this script, or with Ctrl, the link opens the page.
const ACTION = /^\/(workflows|access-groups)\/\d+\/actions\/[a-z-]+$/;
const PARTS = "section.action, #task";

let opener = null;
let sent = false;

const make = () => {
  const dialog = Object.assign(document.createElement("dialog"), { id: "action-dialog", className: "action-dialog" });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet close", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.append(document.createElement("div"), close);
  dialog.addEventListener("close", () => {
    dialog.firstChild.replaceChildren();
    const hidden = !opener?.isConnected || !opener.checkVisibility();
    // A page about something that had ended does not follow changes.
    if (sent && !document.querySelector("[data-live]")) window.location.reload();
    sent = false;
    (hidden ? opener?.closest("details")?.querySelector("summary") : opener)?.focus();
  });
  if (!document.querySelector('link[href="/static/actions.css"]')) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/actions.css" }));
  }
  document.body.append(dialog);
  return dialog;
};

// Shows the part of a page in the dialog. A page without such a part is opened instead.
const show = async (response) => {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = page.querySelector(PARTS) ?? (response.ok ? null : page.querySelector(".problem"));
  if (part === null) {
    window.location.assign(response.url);
    return;
  }
  const dialog = document.getElementById("action-dialog") ?? make();
  dialog.firstChild.replaceChildren(document.adoptNode(part));
  dialog.setAttribute("aria-label", part.querySelector("h1, h2")?.textContent ?? "Action");
  for (const button of dialog.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  window.htmx.process(dialog);
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[role=alert], input:not([type=hidden]), textarea, form button") ?? dialog).focus();
};

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = link.closest("#action-dialog");
  if (dialog && "close" in link.dataset) {
    event.preventDefault();
    dialog.close();
    return;
  }
  if (dialog || link.target || link.origin !== window.location.origin || !ACTION.test(link.pathname)) return;
  event.preventDefault();
  opener = link;
  try {
    await show(await fetch(link.href));
  } catch {
    window.location.assign(link.href);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.closest("#action-dialog")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const button = event.submitter;
  sent = true;
  if (button) button.disabled = true;
  try {
    await show(await fetch(form.action, { method: "POST", body }));
  } catch {
    if (button) button.disabled = false;
    const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: "The dashboard does not answer. It may have been done: look at the tasks." });
    notice.setAttribute("role", "alert");
    form.prepend(notice);
  }
});
