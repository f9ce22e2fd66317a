// The names that a spec defines, for the fields that refer to them.

// Fields that hold names, with the collection of the workflow that defines them.
const DEFINED_IN = {
  depends_on: "jobs", input_files: "files", output_files: "files", input_datasets: "datasets", output_datasets: "datasets",
  input_user_data: "user_data", output_user_data: "user_data", resource_requirements: "resource_requirements",
  failure_handler: "failure_handlers", scheduler: "slurm_schedulers", use_parameters: "parameters",
};
const MOST_LINES = 20000;

// The collection whose names belong at a path; null if none does. The jobs of an action are names, too.
export const collectionAt = (path) => {
  if (path.length < 2) return null;
  const [outer, field] = [path[0], path.at(-1)];
  if (outer === "actions" && field === "jobs") return "jobs";
  return DEFINED_IN[field] ?? null;
};

const unquoted = (word) => word.trim().replace(/^(["'])(.*)\1$/, "$2");

const inYaml = (lines, collection) => {
  const found = [];
  let within = false;
  let column = -1; // of the fields of a record
  for (let at = 1; at <= MOST_LINES; at += 1) {
    const line = lines(at);
    if (line === null) break;
    if (/^[^\s#-]/.test(line)) {
      within = line.startsWith(`${collection}:`);
      column = -1;
    }
    if (!within) continue;
    const [, lead, field, value] = /^(\s*(?:-\s+)?)([\w-]+):\s*(.*?)\s*(?:\s#.*)?$/.exec(line) ?? [];
    if (lead === undefined || lead === "") continue;
    if (column === -1) column = lead.length;
    if (lead.length !== column) continue;
    if (collection === "parameters") found.push(field);
    else if (field === "name" && value) found.push(unquoted(value));
  }
  return found;
};

// JSON and JSON5: the texts that follow "name" in the records of the collection.
const inBraces = (text, collection) => {
  const start = new RegExp(`["']?\\b${collection}\\b["']?\\s*:\\s*([[{])`).exec(text);
  if (!start) return [];
  const found = [];
  let depth = 0;
  let last = "";
  let field = "";
  const tokens = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w$-]+|[[\]{}:,]/g;
  tokens.lastIndex = start.index + start[0].length - 1;
  const wanted = start[1] === "[" ? 2 : 1;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const word = token[0];
    if (word === "{" || word === "[") depth += 1;
    else if (word === "}" || word === "]") depth -= 1;
    else if (word === ":") {
      field = last;
      if (collection === "parameters" && depth === wanted) found.push(field);
    } else if (word === ",") field = "";
    else {
      last = unquoted(word);
      if (field === "name" && depth === wanted && collection !== "parameters") found.push(last);
    }
    if (depth === 0) break;
  }
  return found;
};

export const namesOf = (collection, { format, text, lines }) => [
  ...new Set(format === "yaml" ? inYaml(lines, collection) : inBraces(text(), collection)),
];
