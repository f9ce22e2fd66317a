// The palette (Ctrl-K, or "/" where keys of one letter are on): goes to pages, workflows and jobs, and starts actions.
const DELAY_MS = 150;
const MOST = 30;

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

const input = make("input", { type: "text", placeholder: "Page, action, workflow, job…", autocomplete: "off" });
const list = make("ul", { id: "palette-list" });
const dialog = make("dialog", { className: "palette", id: "palette" }, input, list);
dialog.setAttribute("aria-label", "Go to");
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Results");
for (const [name, value] of [["role", "combobox"], ["aria-label", "Page, action, workflow or job"],
  ["aria-expanded", "true"], ["aria-controls", "palette-list"]]) input.setAttribute(name, value);
document.body.append(dialog);

let shown = [];
let chosen = 0;
let timer = 0;
let asked = 0;

// What the page itself offers: its links to pages, and its actions.
const offered = () => [
  ...[...document.querySelectorAll("nav.pages a, nav.tabs a")].map((link) => (
    { title: link.textContent.trim(), hint: "page", run: () => link.click() })),
  ...[...document.querySelectorAll(".actions a, .actions button, [data-action]")].map((one) => (
    { title: one.textContent.trim(), hint: "action", run: () => one.click() })),
];

const matches = (title, text) => {
  let at = 0;
  for (const letter of text.toLowerCase()) {
    at = title.toLowerCase().indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
};

const draw = () => {
  list.replaceChildren(...shown.map((one, index) => {
    const option = make("li", { id: `palette-${index}` }, make("span", { textContent: one.title }),
      make("small", { textContent: one.hint }));
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(index === chosen));
    option.addEventListener("click", () => go(one));
    return option;
  }));
  input.setAttribute("aria-activedescendant", shown.length ? `palette-${chosen}` : "");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
};

const go = (one) => {
  dialog.close();
  if (one.href) window.location.assign(one.href);
  else one.run();
};

const search = () => {
  const text = input.value.trim();
  const own = offered().filter((one) => matches(one.title, text));
  chosen = 0;
  shown = own.slice(0, MOST);
  draw();
  window.clearTimeout(timer);
  if (text === "") return;
  timer = window.setTimeout(async () => {
    const mine = asked += 1;
    const query = new URLSearchParams({ q: text, workflow: document.body.dataset.workflow ?? "" });
    try {
      const { found } = await (await fetch(`/find?${query}`)).json();
      if (mine !== asked || !dialog.open) return;
      shown = [...own, ...found].slice(0, MOST);
      draw();
    } catch {
      // Without an answer, the palette still has the pages and actions.
    }
  }, DELAY_MS);
};

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") chosen = Math.min(chosen + 1, shown.length - 1);
  else if (event.key === "ArrowUp") chosen = Math.max(chosen - 1, 0);
  else if (event.key === "Enter" && shown[chosen]) go(shown[chosen]);
  else return;
  event.preventDefault();
  if (dialog.open) draw();
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

export const openPalette = () => {
  if (document.querySelector("dialog[open]")) return;
  input.value = "";
  dialog.showModal();
  input.focus();
  search();
};

const button = document.getElementById("open-palette");
button.hidden = false;
button.addEventListener("click", openPalette);
