// The problems of the last check as marks in the text. The page lists them in #spec-problems.
const MOST = 200;

// The part of a line that a problem is about: from its column to the end of the word.
const span = (doc, number, column) => {
  const line = doc.line(number);
  // Columns count characters, positions count units of two bytes.
  const from = Math.min(line.from + [...line.text].slice(0, column - 1).join("").length, line.to);
  const word = /^\s*(?:"[^"]*"|'[^']*'|[^\s:,[\]{}]+)/.exec(doc.sliceString(from, Math.min(line.to, from + 200)));
  return { from, to: word ? from + word[0].length : line.to };
};

const message = (item) => {
  const copy = item.cloneNode(true);
  copy.querySelectorAll("a, .excerpt, .severity").forEach((one) => one.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
};

export const problemsOf = (doc) => [...document.querySelectorAll("#spec-problems > li")].slice(0, MOST).flatMap((item) => {
  const [number, column] = [Number(item.dataset.line), Number(item.dataset.column) || 1];
  if (!(number >= 1 && number <= doc.lines)) return [];
  return [{ ...span(doc, number, column), severity: item.dataset.severity === "warning" ? "warning" : "error", message: message(item) }];
});
