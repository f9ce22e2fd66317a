// Remembers the list of jobs that the reader came from, so that the page of a job can walk through it. A tab has one
// list: the addresses of its rows in their order, the address of the list, and those of the pages before and after.
const KEY = "torc.job-list";
const JOB = /^\/jobs\/\d+/;

const rowsOf = (page) => [...page.querySelectorAll("[data-rows] tr[data-href]")]
  .map((row) => row.dataset.href).filter((href) => JOB.test(href));

const addressOf = (page, id) => page.getElementById(id)?.getAttribute("href") ?? "";

const listOf = (page, address) => ({
  address, hrefs: rowsOf(page), previous: addressOf(page, "previous"), next: addressOf(page, "next"),
  noun: page.querySelector(".total")?.textContent ?? "",
});

const keep = (list) => { try { sessionStorage.setItem(KEY, JSON.stringify(list)); } catch { /* no storage */ } };

const remember = () => {
  const list = listOf(document, window.location.pathname + window.location.search);
  if (list.hrefs.length > 0) keep(list);
};

// The list, if the page with this path is in it.
export const remembered = (path) => {
  try {
    const list = JSON.parse(sessionStorage.getItem(KEY));
    return list && list.hrefs.some((href) => href.split("?")[0] === path) ? list : null;
  } catch {
    return null;
  }
};

// The address of the row before or after a path; of another page of the list if this one ends. Empty: there is none.
export const beside = async (list, path, step) => {
  const at = list.hrefs.findIndex((href) => href.split("?")[0] === path);
  const found = list.hrefs[at + step];
  if (found) return found;
  const page = step > 0 ? list.next : list.previous;
  if (!page) return "";
  const response = await fetch(page);
  if (!response.ok) return "";
  const other = listOf(new DOMParser().parseFromString(await response.text(), "text/html"), page);
  if (other.hrefs.length === 0) return "";
  keep(other);
  return step > 0 ? other.hrefs[0] : other.hrefs[other.hrefs.length - 1];
};

// On pages with a list.
const note = () => { if (document.querySelector("[data-rows]")) remember(); };
document.addEventListener("torc:updated", note);
document.addEventListener("htmx:afterSettle", note);
note();
