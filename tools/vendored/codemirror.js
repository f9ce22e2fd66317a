export { EditorState, Compartment, StateEffect, StateField, RangeSet, Transaction } from "@codemirror/state";
export {
  EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter, drawSelection, highlightSpecialChars,
  gutter, GutterMarker, Decoration, placeholder, ViewPlugin,
} from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentMore, indentLess, toggleTabFocusMode } from "@codemirror/commands";
export {
  bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting,
} from "@codemirror/language";
export { autocompletion, completionKeymap, closeBrackets, closeBracketsKeymap, startCompletion, acceptCompletion, completionStatus } from "@codemirror/autocomplete";
export { setDiagnostics, lintKeymap, lintGutter } from "@codemirror/lint";
export { search, searchKeymap, highlightSelectionMatches } from "@codemirror/search";
export { yaml } from "@codemirror/lang-yaml";
export { json } from "@codemirror/lang-json";
export { tags } from "@lezer/highlight";
