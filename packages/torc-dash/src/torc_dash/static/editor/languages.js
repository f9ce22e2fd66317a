// The languages of specs. CodeMirror has YAML and JSON; JSON5 and KDL are read token by token.
const COMMON = [
  [/^\/\/.*/, "comment"], [/^"(?:[^"\\]|\\.)*"?/, "string"], [/^[-+]?\d[\w.+-]*/, "number"], [/^[{}[\](),;=]/, "punctuation"],
];
const JSON5 = [
  ...COMMON, [/^'(?:[^'\\]|\\.)*'?/, "string"], [/^(?:true|false|null|Infinity|NaN)\b/, "atom"],
  [/^[\w$]+(?=\s*:)/, "propertyName"],
];
const KDL = [...COMMON, [/^#(?:true|false|null|inf|-inf|nan)\b/, "atom"], [/^\/-/, "comment"]];

const reader = (rules, names) => ({
  startState: () => ({ isComment: false, isFirst: true }),
  token: (stream, state) => {
    if (stream.sol()) state.isFirst = true;
    if (state.isComment || stream.match("/*")) {
      state.isComment = !stream.skipTo("*/");
      if (state.isComment) stream.skipToEnd();
      else stream.match("*/");
      return "comment";
    }
    if (stream.eatSpace()) return null;
    const isFirst = state.isFirst;
    for (const [pattern, kind] of rules) {
      const found = stream.match(pattern);
      if (!found) continue;
      state.isFirst = kind === "punctuation" && /[{;]/.test(found[0]);
      return kind;
    }
    state.isFirst = false;
    if (stream.match(/^[^\s{}()[\];="'/]+/)) return names && isFirst ? "propertyName" : null;
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } } },
});

export const languageOf = (cm, format) => ({
  yaml: () => cm.yaml(),
  json: () => cm.json(),
  json5: () => cm.StreamLanguage.define(reader(JSON5, false)),
  kdl: () => cm.StreamLanguage.define(reader(KDL, true)),
}[format]?.() ?? []);
