// The form of a spec: goes to the line of a problem, reads a file into the text, and warns before a text is lost.
// An editor that replaces the textarea handles "torc:go-to-line" and calls preventDefault.
const MOST_CHECKED = 256 * 1024; // a larger text is checked by the button only

const text = document.getElementById("spec-text");
const form = document.getElementById("spec-form");
const format = document.getElementById("spec-format");
let saved = text?.value ?? ""; // what the page had, or a form sent

const changed = () => text.value !== saved && text.value.trim() !== "";

const offset_of = (line, column) => {
  let at = 0;
  for (let number = 1; number < line; number += 1) {
    const end = text.value.indexOf("\n", at);
    if (end === -1) break;
    at = end + 1;
  }
  return Math.min(at + column - 1, text.value.length);
};

const go = (line, column) => {
  const event = new CustomEvent("torc:go-to-line", { bubbles: true, cancelable: true, detail: { line, column } });
  if (!text.dispatchEvent(event)) return;
  const start = offset_of(line, 1);
  const end = text.value.indexOf("\n", start);
  text.focus();
  text.setSelectionRange(offset_of(line, column), end === -1 ? text.value.length : end);
  const height = Number.parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
};

// Replaces the text as if it was typed.
const fill = (value) => {
  text.value = value;
  saved = value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
};

const may_replace = () => !changed() || window.confirm("Replace the text that you changed?");

const load = async (box) => {
  const file = box.files[0];
  if (!file || !may_replace()) return;
  const suffix = file.name.toLowerCase().split(".").pop();
  const known = { yml: "yaml" }[suffix] ?? suffix;
  if ([...format.options].some((one) => one.value === known)) format.value = known;
  const value = await file.text();
  box.value = "";
  fill(value);
};

// Says that the form is on its way. A second press does no harm.
const sent = (is) => {
  form.classList.toggle("is-sent", is);
  document.getElementById("spec-sent").hidden = !is;
};

if (text) {
  document.getElementById("spec-load").hidden = true;
  document.getElementById("spec-file").addEventListener("change", (event) => load(event.target));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#spec-problems a[data-go]");
    if (!link) return;
    event.preventDefault();
    const { line, column } = link.closest("li").dataset;
    go(Number(line), Number(column) || 1);
  });
  form.addEventListener("submit", (event) => {
    saved = text.value;
    if (["create", "run"].includes(event.submitter?.value)) sent(true);
  });
  window.addEventListener("pageshow", () => sent(false)); // also a page to which the reader went back
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "spec-check" && text.value.length > MOST_CHECKED) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => { if (changed()) event.preventDefault(); });
}
