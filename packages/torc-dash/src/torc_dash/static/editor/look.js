// The look of the editor: colours are the variables of the page, which also hold inside a shadow root. The images of marks
// that CodeMirror brings are data: addresses, which the content security policy refuses; here marks are characters.
export const look = (cm) => {
  const { tags } = cm;
  const theme = cm.EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "var(--sheet)", height: "100%", fontSize: "0.88rem" },
    "&.cm-focused": { outline: "none" }, // the frame has it
    ".cm-scroller": {
      fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace', lineHeight: "1.5", overflow: "auto",
    },
    ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
    ".cm-activeLineGutter": { color: "var(--ink)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "color-mix(in srgb, var(--focus) 30%, transparent)",
    },
    ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--focus) 15%, transparent)" },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)" },
    ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--failed)" },
    ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--pending_failed)" },
    ".cm-lintPoint::after": { display: "none" },
    ".cm-gutter-lint": { width: "1.3em" },
    ".cm-gutter-lint .cm-gutterElement": { padding: "0 0 0 0.2em" },
    ".cm-lint-marker": { width: "auto", height: "auto", fontWeight: "700", lineHeight: "1.5" },
    ".cm-lint-marker-error": { content: "normal", color: "var(--failed)" },
    ".cm-lint-marker-warning": { content: "normal", color: "var(--pending_failed)" },
    ".cm-lint-marker-error::before": { content: '"✗"' },
    ".cm-lint-marker-warning::before": { content: '"!"' },
    ".cm-tooltip": {
      color: "var(--ink)", backgroundColor: "var(--sheet)", border: "1px solid var(--line)", borderRadius: "6px",
      maxWidth: "34rem", overflowWrap: "anywhere",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none", fontFamily: "inherit" }, // the list is short, and moves
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--ink)", backgroundColor: "var(--hover)", outline: "1px solid var(--focus)" },
    "li[aria-selected] .cm-completionDetail": { color: "inherit" },
    ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--failed)" },
    ".cm-diagnostic-warning": { borderLeftColor: "var(--pending_failed)" },
    ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--paper)", borderColor: "var(--line)" },
    ".cm-panel button, .cm-textfield": {
      color: "var(--ink)", backgroundColor: "var(--sheet)", backgroundImage: "none", border: "1px solid var(--line)",
      borderRadius: "6px",
    },
    ".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--pending_failed) 30%, transparent)" },
    ".cm-foldPlaceholder": { color: "var(--soft)", backgroundColor: "var(--paper)", borderColor: "var(--line)" },
    "@media (forced-colors: active)": {
      ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
        color: "HighlightText", backgroundColor: "Highlight", forcedColorAdjust: "none",
      },
      ".cm-selectionBackground": { backgroundColor: "Highlight !important", opacity: "0.4" },
      ".cm-cursor": { borderLeftColor: "CanvasText" },
    },
  });
  const style = cm.HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.labelName], color: "var(--accent)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--running)" },
    { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.atom], color: "var(--canceled)" },
    { tag: [tags.comment, tags.lineComment, tags.meta], color: "var(--soft)", fontStyle: "italic" },
    { tag: [tags.punctuation, tags.bracket, tags.separator], color: "var(--soft)" },
  ]);
  return [theme, cm.syntaxHighlighting(style)];
};
