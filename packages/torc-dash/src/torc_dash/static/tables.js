// Tables of records: the selection survives updates, the chosen columns are in the address, and the field of the filter
// follows quick filters. Without this script, check boxes and forms work as the browser has them.
"use strict";
(() => {
  const selected = new Set();
  let anchor = null; // the row of the last click, for a range with Shift
  const boxes = () => [...document.querySelectorAll("[data-select]")];
  const find = (selector) => document.querySelector(selector);

  const show = () => {
    const everything = find("[data-all-matching]");
    for (const box of boxes()) box.checked = selected.has(box.value);
    const page = find("[data-select-page]");
    if (page) {
      const checked = boxes().filter((box) => box.checked).length;
      page.checked = checked > 0 && checked === boxes().length;
      page.indeterminate = checked > 0 && checked < boxes().length;
    }
    const label = find("[data-selected]");
    if (!label) return;
    const all = everything !== null && everything.checked;
    label.textContent = all ? "All that match" : selected.size
      ? `${selected.size.toLocaleString()} selected` : "Select rows to act on them";
    for (const button of document.querySelectorAll("#selection button")) button.disabled = !all && selected.size === 0;
    for (const box of boxes()) box.disabled = all;
  };

  const choose = (box, wanted) => { if (wanted) selected.add(box.value); else selected.delete(box.value); };

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-select]");
    if (!box) return;
    const all = boxes();
    const [from, to] = [all.indexOf(anchor), all.indexOf(box)];
    if (event.shiftKey && from >= 0) {
      for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) choose(each, box.checked);
    }
    choose(box, box.checked);
    anchor = box;
    show();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-page]")) boxes().forEach((box) => choose(box, event.target.checked));
    if (event.target.matches("[data-column]")) {
      const chosen = [...document.querySelectorAll("[data-column]:checked")].map((box) => box.value);
      find("#columns").value = chosen.join(",");
    }
    if (event.target.matches("[data-select-page], [data-all-matching]")) show();
  }, true);

  // Rows that are selected on other pages are sent, too.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "selection" || find("[data-all-matching]")?.checked) return;
    const here = new Set(boxes().map((box) => box.value));
    for (const id of selected) {
      if (here.has(id)) continue;
      const field = document.createElement("input");
      field.type = "hidden"; field.name = "ids"; field.value = id;
      event.target.append(field);
    }
  });

  const followAddress = () => {
    const field = find("[data-filter]");
    const text = new URLSearchParams(window.location.search).get("filter") ?? "";
    if (field && field !== document.activeElement) field.value = text;
  };

  document.addEventListener("torc:updated", show);
  document.addEventListener("htmx:afterSettle", () => { followAddress(); show(); });
  show();
})();
