// The log viewer: replaces the window in place, adds earlier and later lines, and follows a log that grows. Without
// this script every link and form works as a page. The page keeps at most MOST lines.
"use strict";
(() => {
  const MOST = 5000;
  const PAUSE_MS = 700;
  const view = () => document.getElementById("log_view");
  const lines = () => document.getElementById("log_lines");
  let shown = null; // the request of the reader that is open
  let following = null;

  const get = async (address, part, signal) => {
    const response = await fetch(address, { headers: { "X-Torc-Parts": part }, signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new DOMParser().parseFromString(await response.text(), "text/html").getElementById(part);
  };

  const address_of = (form) => {
    const query = new URLSearchParams(new FormData(form));
    return `${window.location.pathname}?${query}`;
  };

  const point = () => {
    const hit = lines()?.querySelector(".is-hit") ?? document.querySelector(".ln:target");
    if (hit) hit.scrollIntoView({ block: "center" });
    else if (view()?.hasAttribute("data-at-end") && lines()) lines().scrollTop = lines().scrollHeight;
  };

  const show = async (address, { push = true, focus = null } = {}) => {
    stop();
    shown?.abort();
    const mine = shown = new AbortController();
    view().setAttribute("aria-busy", "true");
    try {
      const next = await get(address, "log_view", mine.signal);
      const options = ["log-wrap", "log-colours"].map((id) => [id, document.getElementById(id)?.checked]);
      view().replaceWith(next);
      for (const [id, checked] of options) {
        if (checked !== undefined && document.getElementById(id)) document.getElementById(id).checked = checked;
      }
      if (push) history.pushState({ log: true }, "", address);
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
      begin();
    } catch {
      if (!mine.signal.aborted) window.location.assign(address);
    }
  };

  // Remove lines at the other end, and let the link there begin with them.
  const trim = (atEnd) => {
    const all = lines().children;
    if (all.length <= MOST) return;
    const base = document.getElementById("log-first").getAttribute("href").replace(/&go=start$/, "");
    while (all.length > MOST) (atEnd ? lines().lastElementChild : lines().firstElementChild).remove();
    const [id, name, line] = atEnd
      ? ["log-later", "at", lines().lastElementChild] : ["log-earlier", "before", lines().firstElementChild];
    let link = document.getElementById(id);
    if (!link) {
      link = document.createElement("a");
      link.id = id; link.className = "log-more"; link.textContent = atEnd ? "Later lines" : "Earlier lines";
      if (atEnd) lines().after(link); else lines().before(link);
    }
    link.setAttribute("href", `${base}&${name}=${line.dataset.at}`);
  };

  const more = async (link) => {
    const earlier = link.id === "log-earlier";
    const next = await get(link.getAttribute("href"), "log_view");
    const box = lines();
    const height = box.scrollHeight;
    const added = [...next.querySelectorAll(".ln")];
    if (earlier) {
      box.prepend(...added);
      box.scrollTop += box.scrollHeight - height;
    } else join(added);
    const following_link = next.querySelector(`#${link.id}`);
    if (following_link) link.replaceWith(following_link); else link.remove();
    if (!earlier) {
      view().dataset.follow = next.dataset.follow;
      view().toggleAttribute("data-at-end", next.hasAttribute("data-at-end"));
    }
    trim(earlier);
    added[0]?.querySelector("a")?.focus({ preventScroll: true });
  };

  // Append lines. The last line on the page may have been incomplete: it is replaced.
  const join = (added) => {
    for (const line of added) {
      const last = lines().lastElementChild;
      if (last && Number(last.dataset.at) >= Number(line.dataset.at)) last.replaceWith(line);
      else lines().append(line);
    }
  };

  const stop = () => { following?.abort(); following = null; };

  const follow = async () => {
    stop();
    const mine = following = new AbortController();
    const box = document.getElementById("log-follow");
    try {
      while (!mine.signal.aborted && box.isConnected && box.checked) {
        const next = await get(view().dataset.follow, "log_view", mine.signal);
        if (next.hasAttribute("data-replaced")) {
          window.location.reload();
          return;
        }
        const low = lines().scrollHeight - lines().scrollTop - lines().clientHeight < 40;
        join([...next.querySelectorAll(".ln")]);
        trim(false);
        view().dataset.follow = next.dataset.follow;
        if (lines().childElementCount) view().querySelector(".log-empty")?.remove();
        const position = next.querySelector("#log_position");
        const first = lines().querySelector(".no")?.textContent;
        if (position && first) {
          document.getElementById("log_position").textContent =
            position.textContent.replace(/^lines [\d,]+/, `lines ${Number(first).toLocaleString("en")}`);
        }
        if (low) lines().scrollTop = lines().scrollHeight;
        if (next.hasAttribute("data-over") && next.hasAttribute("data-at-end")) {
          box.checked = false;
          box.parentElement.lastChild.textContent = " the job has ended";
          box.disabled = true;
          return;
        }
        await new Promise((go) => { window.setTimeout(go, PAUSE_MS); });
      }
    } catch {
      if (!mine.signal.aborted) window.setTimeout(() => { if (box.isConnected && box.checked) follow(); }, 3000);
    }
  };

  const begin = () => {
    const box = document.getElementById("log-follow");
    if (box) {
      box.closest("label").hidden = view().hasAttribute("data-over");
      box.checked = !view().hasAttribute("data-over") && view().hasAttribute("data-at-end");
      if (box.checked) follow();
    }
    point();
    if (view()?.hasAttribute("data-uncounted")) count_lines();
  };

  // The numbers of the lines on the page, once the server has counted them.
  const count_lines = async () => {
    const mine = view();
    const link = mine.querySelector("#log_position a");
    if (!link) return;
    const next = await get(link.getAttribute("href"), "log_view").catch(() => null);
    if (!next || mine !== view()) return;
    document.getElementById("log_position").replaceWith(next.querySelector("#log_position"));
    const numbered = new Map([...next.querySelectorAll(".ln")].map((line) => [line.dataset.at, line]));
    for (const line of [...lines().children]) {
      const found = numbered.get(line.dataset.at);
      if (!found) continue;
      line.id = found.id;
      line.querySelector(".no").replaceWith(found.querySelector(".no"));
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-view], a.log-more, a[data-count]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const address = link.getAttribute("href");
    if (link.matches(".log-more")) more(link).catch(() => window.location.assign(address));
    else if (link.hasAttribute("data-count")) {
      link.textContent = "counting…";
      get(address, "log_count").then((next) => link.parentElement.replaceWith(next), () => { link.textContent = "count matches"; });
    } else show(address, { focus: link.id });
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches?.("form[data-view]")) return;
    event.preventDefault();
    const target = event.target.querySelector("input[type=search]") ? "log-find" : "log-line";
    show(address_of(event.target), { focus: target });
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "log-follow") { if (event.target.checked) { lines().scrollTop = lines().scrollHeight; follow(); } else stop(); }
  });
  document.addEventListener("keydown", (event) => {
    if (document.documentElement.dataset.keys === "off") return;
    if (event.target.closest?.("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    const id = { n: "log-next", N: "log-previous", g: "log-first", G: "log-last", e: "log-error", E: "log-error-next", f: "log-follow" }[event.key];
    if (event.key === "/") document.getElementById("log-find")?.focus();
    else if (id) document.getElementById(id)?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("torc:updated", () => { if (view() && !following) begin(); });
  window.addEventListener("popstate", () => {
    if (view()) show(window.location.pathname + window.location.search, { push: false });
  });
  begin();
})();
