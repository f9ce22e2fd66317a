// Title and icon say how the workflow of the page is, and a notification says when a followed workflow ends or a job of
// it fails. What is followed is kept in this browser. Of several open pages, one asks.
const KEY = "torc.followed";
const PERIOD_MS = 10000;
const BAD = ["failed", "terminated", "pending_failed"];

const read = () => {
  try {
    return JSON.parse(window.localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
};
const write = (followed) => window.localStorage.setItem(KEY, JSON.stringify(followed));
const failures = (status) => BAD.reduce((sum, one) => sum + (status.jobs_by_status[one] ?? 0), 0);

const say = (name, text, id) => {
  if (window.Notification?.permission !== "granted") return;
  const shown = new Notification(name, { body: text, tag: `torc-${id}`, icon: "/static/icon.svg" });
  shown.addEventListener("click", () => { window.focus(); window.location.assign(`/workflows/${id}`); });
};

const ask = async (id) => {
  const answer = await fetch(`/torc-service/v1/workflows/${id}/status`);
  return answer.ok ? answer.json() : null;
};

const check = async () => {
  for (const [id, before] of Object.entries(read())) {
    const status = await ask(id).catch(() => null);
    const followed = read();
    if (!status || !followed[id]) continue;
    const failed = failures(status);
    if (status.is_complete || status.is_canceled) {
      say(before.name, status.is_canceled ? "was canceled" : failed ? `ended, ${failed} jobs failed` : "completed", id);
      delete followed[id];
    } else {
      if (failed > before.failed) say(before.name, `${failed} jobs failed`, id);
      followed[id] = { ...before, failed };
    }
    write(followed);
  }
  draw();
};

const toggle = async (id, name) => {
  const followed = read();
  if (followed[id]) {
    delete followed[id];
  } else {
    if (window.Notification?.permission === "default") await Notification.requestPermission();
    const status = await ask(id).catch(() => null);
    followed[id] = { name, failed: status ? failures(status) : 0 };
  }
  write(followed);
  draw();
};

const draw = () => {
  const followed = read();
  const button = document.getElementById("follow");
  if (button) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(button.dataset.follow in followed));
    button.textContent = button.dataset.follow in followed ? "Following" : "Follow";
  }
  const list = document.getElementById("followed");
  list?.replaceChildren(...Object.entries(followed).map(([id, { name }]) => {
    const item = document.createElement("li");
    const stop = Object.assign(document.createElement("button"), { type: "button", textContent: "Stop following" });
    stop.addEventListener("click", () => toggle(id, name));
    item.append(Object.assign(document.createElement("a"), { href: `/workflows/${id}`, textContent: name }), " ", stop);
    return item;
  }));
};

const title = () => {
  const state = document.querySelector("[data-title]")?.dataset;
  if (!state) return;
  const rest = state.title;
  if (rest && !document.title.startsWith(rest)) document.title = `${rest} · Torc`;
  const icon = `/static/icon${state.icon ? `-${state.icon}` : ""}.svg`;
  const link = document.querySelector("link[rel=icon]");
  if (link.getAttribute("href") !== icon) link.setAttribute("href", icon);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#follow");
  if (button) toggle(button.dataset.follow, button.dataset.name);
});
window.addEventListener("storage", draw);
document.addEventListener("torc:updated", title);
title();
draw();

const lead = () => new Promise(() => { window.setInterval(check, PERIOD_MS); });
if (navigator.locks) navigator.locks.request("torc-follow", lead);
else lead();
