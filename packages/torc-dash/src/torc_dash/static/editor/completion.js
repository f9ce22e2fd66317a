// Completion in the editor of specs: fields and values by the schema that the dashboard serves, and names in the text.
import { inBraces, inYaml } from "./place.js";
import { collectionAt, namesOf } from "./names.js";

const MOST_CHARACTERS = 1024 * 1024; // what is read at each key

// The schema of a part, without references and alternatives to null.
const resolved = (schema, root) => {
  let part = schema;
  while (part) {
    if (part.$ref) part = root.$defs[part.$ref.split("/").at(-1)];
    else if (part.anyOf?.some((one) => one.$ref)) part = part.anyOf.find((one) => one.$ref);
    else return part;
  }
  return null;
};

// The schema of a value at a path. The records of a list have no field of their own in it.
const schemaAt = (path, root) => {
  let part = resolved(root, root);
  for (const field of path) {
    while (part?.items) part = resolved(part.items, root);
    part = resolved(part?.properties?.[field], root);
    if (!part) return null;
  }
  return part;
};

const isOf = (schema, type) => [schema.type].flat().includes(type);
const kindOf = (schema) => [schema.type ?? (schema.properties ? "object" : "value")].flat().find((one) => one !== "null");

// `order` is the position in the declaration, where important fields come first.
const fieldOption = (field, schema, { required, order }, place, format) => {
  const whole = resolved(schema, place.root) ?? schema;
  const isList = isOf(whole, "array");
  const opens = isList || isOf(whole, "object");
  const quote = place.quote || '"';
  let text = `${field}: `;
  if (format === "yaml" && opens) text = `${field}:\n${" ".repeat(place.indent + 2)}${isList ? "- " : ""}`;
  if (format === "json5" && !place.quote) text = `${field}: ${isList ? "[" : opens ? "{" : ""}`;
  else if (format !== "yaml") text = `${place.quote ? "" : quote}${field}${quote}: ${isList ? "[" : opens ? "{" : ""}`;
  return {
    label: field, type: "property", boost: required ? 2 : -order / 100, info: schema.description,
    detail: required ? `${kindOf(whole)}, required` : kindOf(whole), text,
  };
};

const valueOption = (value, format, place, type) => {
  const isText = typeof value === "string";
  const close = place.quote;
  const needsQuotes = isText && format !== "yaml";
  const isWord = place.isFlow ? /^[A-Za-z_][\w .@/-]*$/ : /^[A-Za-z_][\w .@/{}-]*$/; // in YAML
  const isPlain = isText && isWord.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  let text = String(value);
  if (close) text = `${value}${close}`;
  else if (needsQuotes) text = JSON.stringify(value);
  else if (isText && !isPlain) text = `'${value.replaceAll("'", "''")}'`;
  return { label: String(value), type, text };
};

// Puts the text in the place of the word, and of a quote that follows it.
const put = (text, place, again) => (view, _completion, from, to) => {
  const next = view.state.sliceDoc(to, to + 1);
  const end = place.quote && next === place.quote ? to + 1 : to;
  view.dispatch({
    changes: { from, to: end, insert: text }, selection: { anchor: from + text.length }, userEvent: "input.complete",
  });
  if (again) again(view);
};

const optionsAt = (place, root, format, source) => {
  const schema = schemaAt(place.path, root);
  const offered = [];
  const collection = collectionAt(place.path);
  const isNames = schema && collection && (isOf(schema, "array") ? !resolved(schema.items, root).properties : isOf(schema, "string"));
  // In a list of YAML, a word after a dash is an item of it.
  const isValue = !place.isField || (format === "yaml" && isNames && place.dashed);
  if (isValue && schema) {
    if (isNames) offered.push(...namesOf(collection, source).map((name) => valueOption(name, format, place, "variable")));
    const values = schema.enum ?? (isOf(schema, "boolean") ? [true, false] : []);
    offered.push(...values.filter((one) => one !== null).map((one) => valueOption(one, format, place, "enum")));
  } else if (schema) {
    let object = schema;
    while (object?.items) object = resolved(object.items, root);
    // A record of a list begins with a dash.
    if (format === "yaml" && schema.items && !place.dashed && place.path.length > 0 && place.known.size === 0) return [];
    for (const [order, [field, part]] of Object.entries(object?.properties ?? {}).entries()) {
      if (place.known.has(field) && field !== place.prefix) continue;
      const required = object.required?.includes(field) ?? false;
      offered.push(fieldOption(field, part, { required, order }, { ...place, root }, format));
    }
  }
  return offered;
};

// A source of completions. `format()` is the chosen format; `again` opens the list for the value of a field.
export const completeBy = (root, format, again) => (context) => {
  const { state, pos } = context;
  const chosen = format();
  if (chosen === "kdl" || state.doc.length > MOST_CHARACTERS) return null;
  const line = state.doc.lineAt(pos);
  const lines = (number) => (number < 1 || number > state.doc.lines ? null : state.doc.line(number).text);
  const place = chosen === "yaml" ? inYaml(lines, line.number, line.text.slice(0, pos - line.from)) : inBraces(state.sliceDoc(0, pos));
  if (!place || (!context.explicit && place.prefix === "")) return null;
  const source = { format: chosen, lines, text: () => state.doc.toString() };
  const options = optionsAt(place, root, chosen, source).map(({ text, ...option }) => ({
    ...option, apply: put(text, place, option.type === "property" ? again : null),
  }));
  return options.length === 0 ? null : { from: pos - place.prefix.length, options, validFor: /^[\w{}.-]*$/ };
};
