// The editor of specs, in the place of the textarea #spec-text. The textarea keeps the text: forms and other scripts use
// it as if there was no editor, and without the editor it stays. CodeMirror is loaded here, on this page only. It is in a
// shadow root, where it uses style sheets that the content security policy allows.
import { completeBy } from "./completion.js";
import { languageOf } from "./languages.js";
import { look } from "./look.js";
import { problemsOf } from "./problems.js";

const MANY_CHARACTERS = 200 * 1024; // a longer text is copied to the textarea after a pause
const PAUSE_MS = 300;
const KEYS = "Ctrl-Space completes, Ctrl-Enter checks, F8 goes to the next problem. Escape, then Tab, leaves the editor.";

const area = document.getElementById("spec-text");
const form = document.getElementById("spec-form");
const format = document.getElementById("spec-format");

// The sheets of the page have no effect inside the shadow root.
const FRAME = `
  :host { display: flex; flex-direction: column; height: calc(100vh - 22rem); min-height: 24rem; resize: vertical; overflow: hidden; }
  .frame { flex: 1; min-height: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
  .frame:focus-within { outline: 2px solid var(--focus); outline-offset: -1px; }
  p { margin: 0.3rem 0 0; color: var(--soft); font-size: 0.82rem; }
`;

// Typing over a selection: the browser would keep the style of what is replaced as an inline style, which the policy refuses.
const replaceSelection = (cm) => (event, view) => {
  if (event.inputType !== "insertText" || !event.data || view.composing) return false;
  const { main } = view.state.selection;
  let { from, to } = main;
  const [range] = event.getTargetRanges();
  if (main.empty && range && !range.collapsed) { // a selection of which CodeMirror is not notified yet
    from = view.posAtDOM(range.startContainer, range.startOffset);
    to = view.posAtDOM(range.endContainer, range.endOffset);
    view.dispatch({ selection: { anchor: from, head: to } });
  }
  if (from === to) return false;
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handlers = view.state.facet(cm.EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
  return true;
};

const open = (cm, schema) => {
  const host = document.createElement("div");
  host.id = "spec-editor";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(FRAME);
  root.adoptedStyleSheets = [sheet];
  const frame = document.createElement("div");
  frame.className = "frame";
  const keys = Object.assign(document.createElement("p"), { textContent: KEYS });
  root.append(frame, keys);

  let isOwn = false; // the event of the textarea comes from here
  let isLate = false; // the textarea does not have the whole text yet
  let timer = 0;
  const save = () => {
    window.clearTimeout(timer);
    isLate = false;
    isOwn = true;
    area.value = view.state.doc.toString();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    isOwn = false;
  };
  const changed = (update) => {
    if (!update.docChanged || isOwn) return;
    if (update.state.doc.length < MANY_CHARACTERS) return save();
    isLate = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  };
  const flush = () => { if (isLate) save(); };

  const language = new cm.Compartment();
  const again = (target) => window.setTimeout(() => cm.startCompletion(target));
  const sources = schema ? [completeBy(schema, () => format.value, again)] : [];
  const leave = [
    { key: "Tab", run: (target) => cm.acceptCompletion(target) || cm.indentMore(target), shift: cm.indentLess },
    { key: "Mod-Enter", run: () => true }, { key: "Mod-s", run: () => true }, // the form handles them
  ];
  const view = new cm.EditorView({
    root, parent: frame, doc: area.value,
    extensions: [
      cm.keymap.of(leave), cm.lintGutter(), cm.lineNumbers(), cm.foldGutter(), cm.highlightSpecialChars(), cm.history(),
      cm.drawSelection(), cm.indentOnInput(), cm.bracketMatching(), cm.closeBrackets(), cm.highlightActiveLine(),
      cm.highlightActiveLineGutter(), cm.highlightSelectionMatches(), cm.search({ top: true }), cm.indentUnit.of("  "),
      cm.autocompletion({ override: sources, icons: false, maxRenderedOptions: 12 }),
      cm.keymap.of([
        ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.foldKeymap,
        ...cm.completionKeymap, ...cm.lintKeymap,
      ]),
      cm.EditorState.allowMultipleSelections.of(true), language.of(languageOf(cm, format.value)), look(cm),
      cm.EditorView.contentAttributes.of({
        "aria-label": area.labels[0]?.textContent.trim() || "Specification", "aria-description": "Escape, then Tab, leaves the editor.",
        spellcheck: "false",
      }),
      cm.EditorView.domEventHandlers({ beforeinput: replaceSelection(cm) }), cm.EditorView.updateListener.of(changed),
    ],
  });

  const mark = () => view.dispatch(cm.setDiagnostics(view.state, problemsOf(view.state.doc)));
  const go = (line, column) => {
    const found = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
    const anchor = Math.min(found.from + column - 1, found.to);
    view.dispatch({ selection: { anchor }, effects: cm.EditorView.scrollIntoView(anchor, { y: "center" }) });
    view.focus();
  };
  const replace = () => {
    if (isOwn || area.value === view.state.doc.toString()) return;
    isOwn = true; // the textarea has this text already
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
    isOwn = false;
  };

  area.before(host);
  area.hidden = true;
  area.addEventListener("input", replace);
  area.addEventListener("change", replace);
  area.addEventListener("torc:go-to-line", (event) => {
    event.preventDefault();
    go(event.detail.line, event.detail.column);
  });
  for (const label of area.labels) label.addEventListener("click", () => view.focus());
  format.addEventListener("change", () => view.dispatch({ effects: language.reconfigure(languageOf(cm, format.value)) }));
  form.addEventListener("submit", flush, true);
  form.addEventListener("reset", () => window.setTimeout(replace));
  document.addEventListener("htmx:configRequest", flush, true);
  new MutationObserver(mark).observe(form, { childList: true, subtree: true });
  mark();
};

const start = async () => {
  const [cm, schema] = await Promise.all([
    import("/static/vendor/codemirror.js"),
    fetch("/new/schema.json").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null),
  ]);
  open(cm, schema);
};

// Keys of the whole form, in the editor and in the textarea.
const press = (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const wanted = { Enter: "check", s: "download" }[event.key];
  if (!wanted) return;
  event.preventDefault();
  if (wanted === "check") area.dispatchEvent(new Event("torc:check", { bubbles: true }));
  else form.querySelector('[name="do"][value="download"]')?.click();
};

if (area && form && format) {
  form.addEventListener("keydown", press, true);
  start().catch((error) => console.warn("The editor cannot be loaded; the text box stays.", error));
}
