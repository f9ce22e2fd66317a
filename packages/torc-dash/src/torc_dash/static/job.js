// The page of a job: j and k go through the list that the reader came from, [ and ] to the previous and next failed job,
// o opens the log.
import { beside, remembered } from "/static/job-list.js";

const list = remembered(window.location.pathname);

const walk = async (step) => {
  const href = await beside(list, window.location.pathname, step);
  if (href) window.location.assign(href);
};

const show = () => {
  const place = document.getElementById("job-list");
  if (!list || !place) return;
  const at = list.hrefs.findIndex((href) => href.split("?")[0] === window.location.pathname);
  const button = (id, text, title, step) => {
    const made = Object.assign(document.createElement("button"), { id, type: "button", textContent: text, title });
    made.addEventListener("click", () => walk(step));
    made.disabled = !list.hrefs[at + step] && !(step > 0 ? list.next : list.previous);
    return made;
  };
  const link = Object.assign(document.createElement("a"), { href: list.address, textContent: list.noun || "list" });
  place.replaceChildren(
    button("list-previous", "‹", "Previous in the list (k)", -1), " ", link, " ",
    button("list-next", "›", "Next in the list (j)", 1),
  );
  place.hidden = false;
};

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off") return;
  if (event.target.closest?.("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (list && (event.key === "j" || event.key === "k")) {
    event.preventDefault();
    walk(event.key === "j" ? 1 : -1);
    return;
  }
  const id = { "[": "failed-previous", "]": "failed-next", o: "job-log" }[event.key];
  if (!id) return;
  event.preventDefault();
  document.getElementById(id)?.click();
});
show();
