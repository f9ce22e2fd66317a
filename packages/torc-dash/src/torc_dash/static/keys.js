// Keys. Pages mark what a key of one letter does by [data-key]; this script walks rows and goes to pages. A page with
// keys of its own handles them first, and calls preventDefault.
import { openPalette } from "/static/palette.js";

const GO = { w: "/workflows", j: "jobs", g: "graph", r: "results", n: "nodes", s: "/settings" };
const HELP = [
  ["Ctrl-K, /", "go to a page, workflow or job, or start an action"],
  ["j, k", "next or previous row, or job of the list"], ["Enter", "open the row"], ["x", "select the row"],
  ["o", "log"], ["f", "follow"], ["e, E", "first or next error"], ["r", "retry"], ["[, ]", "previous or next failed job"],
  ["g w", "workflows"], ["g j", "jobs"], ["g g", "graph"], ["g r", "results"], ["g n", "nodes"],
  ["g s", "settings"], ["?", "this list"],
  ["Ctrl-Enter", "new workflow: check the text"], ["Ctrl-S", "download it"],
  ["Ctrl-Space, F8", "its editor: complete, next problem"], ["Escape Tab", "leave the editor"],
];
let pending = false; // after g

const rows = () => [...document.querySelectorAll("main tbody tr")].filter((row) => row.offsetParent !== null);
const row = () => document.querySelector("main tr.is-chosen");

const walk = (step) => {
  const all = rows();
  if (all.length === 0) return;
  const now = all.indexOf(row());
  const next = all[now === -1 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, now + step))];
  row()?.classList.remove("is-chosen");
  next.classList.add("is-chosen");
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector("a[href]") ?? next).focus({ preventScroll: true });
};

const visit = (place) => {
  if (place.startsWith("/")) window.location.assign(place);
  else document.querySelector(`nav.tabs a[data-tab="${place}"]`)?.click();
};

const help = () => {
  let dialog = document.getElementById("help");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "help";
    dialog.setAttribute("aria-labelledby", "help-title");
    const title = Object.assign(document.createElement("h2"), { id: "help-title", textContent: "Keys" });
    const lines = Object.assign(document.createElement("dl"), { className: "keys" });
    for (const [key, text] of HELP) {
      const term = document.createElement("dt");
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      lines.append(term, Object.assign(document.createElement("dd"), { textContent: text }));
    }
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, lines, close);
    document.body.append(dialog);
  }
  dialog.showModal();
};

// Menus are <details>: Escape and a click elsewhere close them.
const MENUS = "details.menu[open], details.columns[open]";
const closeMenus = (kept) => document.querySelectorAll(MENUS).forEach((one) => { if (one !== kept) one.open = false; });
document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details") ?? null));

const press = (key) => {
  if (pending && GO[key]) return () => visit(GO[key]);
  if (key === "g") return () => { pending = true; window.setTimeout(() => { pending = false; }, 1500); };
  if (key === "j" || key === "k") return () => walk(key === "j" ? 1 : -1);
  if (key === "/") return openPalette;
  if (key === "?") return help;
  const box = key === "x" ? row()?.querySelector("input[type=checkbox]") : null;
  const marked = box ?? [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  return marked ? () => marked.click() : null;
};

// On the window, so that pages with listeners on the document are first.
window.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  if (event.key === "Escape") closeMenus(null);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || document.documentElement.dataset.keys === "off") return;
  // Not the target, which is the host of a shadow root.
  if (event.composedPath()[0].closest?.("input, select, textarea, dialog, [contenteditable]")) return;
  const act = press(event.key);
  const was = pending;
  if (!act) return;
  event.preventDefault();
  act();
  if (was) pending = false;
});
