// Where the cursor is in the text of a spec: the fields around it, and whether a field or a value is written there.
// A text that is being written has errors, so this reads lines and brackets, and not a tree of the whole.

// The beginning of a line of YAML: spaces, the dashes of lists, and the field, if the line has one.
const LINE = /^(\s*)((?:-\s+|-$)*)(?:("[^"]*"|'[^']*'|[^\s#'"{}[\],:][^\s:]*)\s*:(?=\s|$))?/;
const BARE = /^[\w-]*$/;

const unquoted = (word) => word.replace(/^["']|["']$/g, "");

const read = (line) => {
  const [all, spaces, dashes, field] = LINE.exec(line);
  return {
    blank: /^\s*(#|$)/.test(line), dashed: dashes !== "", column: spaces.length + dashes.length,
    field: field === undefined ? null : unquoted(field), rest: line.slice(all.length),
  };
};

// The fields of the object that the cursor is in, which need not be offered again. `lines(n)` is null beyond the text.
const siblings = (lines, number, column, dashed) => {
  const found = new Set();
  const walk = (step, ended) => {
    for (let at = number + step; !ended; at += step) {
      const text = lines(at);
      if (text === null) return;
      const line = read(text);
      if (line.blank || line.column > column) continue;
      if (line.column < column || (step > 0 && line.dashed)) return;
      if (line.field !== null) found.add(line.field);
      ended = line.dashed;
    }
  };
  walk(-1, dashed);
  walk(1, false);
  return found;
};

// `before` is the part of line `number` up to the cursor.
export const inYaml = (lines, number, before) => {
  const here = read(before);
  if (/(^|\s)#/.test(before)) return null;
  const path = [];
  let limit = here.column;
  for (let at = number - 1; at > 0 && limit > 0; at -= 1) {
    const line = read(lines(at));
    if (line.blank || line.field === null || line.column >= limit) continue;
    path.unshift(line.field);
    limit = line.column;
  }
  if (here.field === null && BARE.test(here.rest)) {
    const known = siblings(lines, number, here.column, here.dashed);
    return { path, prefix: here.rest, isField: true, dashed: here.dashed, known, indent: here.column };
  }
  // A value, or an item of a list in brackets.
  const value = here.field === null ? before.slice(here.column) : here.rest.replace(/^\s+/, "");
  const [, quote, prefix] = /(?:^|[[,]\s*)(["']?)([^"'[\],]*)$/.exec(value) ?? [null, "", null];
  if (prefix === null || value.startsWith("{")) return null;
  return { path: here.field === null ? path : [...path, here.field], prefix, quote, isField: false, isFlow: value.startsWith("[") };
};

// JSON and JSON5: `text` is all of the text up to the cursor.
export const inBraces = (text) => {
  const frames = [];
  let at = 0;
  let word = ""; // the last name or text, which is a field if a colon follows
  let begun = null; // the offset and the quote of a text that has no end
  while (at < text.length) {
    const sign = text[at];
    const top = frames.at(-1);
    if (sign === '"' || sign === "'") {
      let end = at + 1;
      while (end < text.length && text[end] !== sign && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
      if (end >= text.length) begun = { from: at + 1, quote: sign };
      word = text.slice(at + 1, end);
      at = end + 1;
      continue;
    }
    if (sign === "/" && (text[at + 1] === "/" || text[at + 1] === "*")) {
      const close = text[at + 1] === "/" ? "\n" : "*/";
      const end = text.indexOf(close, at + 2);
      if (end === -1) return null;
      at = end + close.length;
      continue;
    }
    if (sign === "{" || sign === "[") frames.push({ kind: sign, field: null, known: new Set() });
    else if (sign === "}" || sign === "]") frames.pop();
    else if (sign === ":" && top) { top.field = word; top.known.add(word); }
    else if (sign === "," && top?.kind === "{") top.field = null;
    const found = /^[\w$-]+/.exec(text.slice(at, at + 200));
    if (found) word = found[0];
    at += found ? found[0].length : 1;
  }
  const top = frames.at(-1);
  if (!top) return null;
  const prefix = begun ? text.slice(begun.from) : /[\w$-]*$/.exec(text)[0];
  const isField = top.kind === "{" && top.field === null;
  const path = frames.map((one) => one.field).filter((field) => field !== null);
  return { path, prefix, isField, quote: begun?.quote ?? "", known: top.known };
};
