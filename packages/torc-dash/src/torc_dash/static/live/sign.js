// The sign of life of a page: whether it is current, since when not, and what the reader should know about that.
const SIGNS = { stream: "●", poll: "◐", away: "○", paused: "‖", idle: "" };
const ANNOUNCE_MS = 10000;

const element = (id) => document.getElementById(id);
// In UTC, like all times of the pages.
const clock = (date) => `${date.toISOString().slice(11, 16)} UTC`;

let updated = new Date();
let away = null; // since when, and who: "server" or "dashboard"
let mode = "idle";
let period = 0; // in seconds, of a page that asks
let announced = { at: 0, text: "", timer: 0 };

const words = () => {
  if (away) return `${away.who} away since ${clock(away.since)}`;
  if (mode === "paused") return `paused, updated ${clock(updated)}`;
  if (mode === "idle") return "";
  const seconds = Math.round((Date.now() - updated) / 1000);
  const age = seconds < 2 ? "now" : seconds < 60 ? `${seconds} s ago` : clock(updated);
  return mode === "stream" ? `live, updated ${age}` : `every ${period} s, updated ${age}`;
};

export const draw = () => {
  const sign = element("liveness");
  const state = away ? "away" : mode;
  const text = `${SIGNS[state]} ${words()}`.trim();
  if (sign.textContent !== text) sign.textContent = text;
  sign.dataset.mode = state;
  document.body.classList.toggle("is-away", away !== null);
  element("pause").hidden = mode === "idle";
};

export const setMode = (value, seconds) => { mode = value; period = seconds; draw(); };
export const setUpdated = () => { updated = new Date(); draw(); };

// Shows what a response of the dashboard says: 0 if there was none.
export const setStatus = (status) => {
  if (status === null) return;
  const who = status === 0 ? "dashboard" : status >= 500 ? "server" : null;
  away = who === null ? null : away?.who === who ? away : { who, since: new Date() };
  element("dash-away").hidden = status !== 0;
  element("server-away").hidden = status < 500;
  element("refused").hidden = status !== 403;
  if (status === 200 || status === 304) setUpdated();
  draw();
};

// Lets a screen reader read a text, at most every ten seconds: the latest one counts.
export const announce = (text) => {
  if (text === announced.text) return;
  announced.text = text;
  window.clearTimeout(announced.timer);
  const wait = Math.max(0, announced.at + ANNOUNCE_MS - Date.now());
  announced.timer = window.setTimeout(() => {
    announced.at = Date.now();
    element("announcer").textContent = announced.text;
  }, wait);
};
