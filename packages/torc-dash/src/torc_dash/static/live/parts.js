// The parts of a page. An element with [data-live] and an id is a part: the server renders the block of that name again,
// and the element is morphed, so that focus, selection, scroll and open details stay. The value of data-live names the
// kinds of changes that concern the part, separated by spaces; an empty value means all.
const HEADER = "X-Torc-Parts";
const TIMEOUT_MS = 30000;

let open = null; // the request that is open
let readers = 0; // the open requests of the reader, which go first
let shown = { key: "", etag: "" };

export const parts = () => [...document.querySelectorAll("[data-live][id]")];

export const concerned = (kinds) => parts().filter((part) => {
  const wanted = part.dataset.live.split(" ").filter(Boolean);
  return wanted.length === 0 || wanted.some((kind) => kinds.has(kind));
});

// What the reader opened stays open, and the row that the keys are at stays marked.
const keepState = (name, element) =>
  !(name === "open" && (element.localName === "details" || element.localName === "dialog"))
  && !(name === "class" && element.classList.contains("is-chosen"));

const morph = (text, names) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const name of names) {
    const [now, next] = [document.getElementById(name), page.getElementById(name)];
    if (!now || !next) continue;
    window.Idiomorph.morph(now, next, {
      morphStyle: "outerHTML", ignoreActiveValue: true, callbacks: { beforeAttributeUpdated: keepState },
    });
    window.htmx.process(document.getElementById(name));
  }
  document.dispatchEvent(new CustomEvent("torc:updated", { detail: { parts: names } }));
};

const read = async (response, key) => {
  const names = response.headers.get(HEADER);
  // Another page by now: the workflow was deleted, or the server of a page that could not be created is back.
  if (response.status === 404 || (response.ok && names === null)) window.location.reload();
  if (!response.ok || names === null) return;
  const text = await response.text();
  if (key !== shown.key) return; // a request of the reader came in between
  shown.etag = response.headers.get("ETag") ?? "";
  morph(text, names.split(" "));
};

// Updates parts. Returns the status of the response: 0 if the dashboard does not answer, null if nothing was asked.
export const refresh = async (wanted) => {
  const names = wanted.map((part) => part.id).join(" ");
  if (names === "" || open !== null || readers > 0) return null;
  const mine = open = new AbortController();
  const here = window.location.pathname + window.location.search;
  const key = `${here} ${names}`;
  if (shown.key !== key) shown = { key, etag: "" };
  const timer = window.setTimeout(() => mine.abort(), TIMEOUT_MS);
  try {
    const headers = { [HEADER]: names, ...(shown.etag && { "If-None-Match": shown.etag }) };
    const response = await fetch(here, { headers, signal: mine.signal });
    await read(response, key);
    return response.status;
  } catch (error) {
    return open === mine ? 0 : null;
  } finally {
    window.clearTimeout(timer);
    if (open === mine) open = null;
  }
};

document.addEventListener("htmx:beforeSend", () => {
  readers += 1;
  const given = open;
  open = null;
  given?.abort();
  shown = { key: "", etag: "" };
});
document.addEventListener("htmx:afterRequest", () => { readers = Math.max(0, readers - 1); });
