// Keeps the open page current: by the stream of changes where there is one, else by asking from time to time.
// Hidden and paused pages rest.
import { concerned, parts, refresh } from "./parts.js";
import { announce, draw, setMode, setStatus, setUpdated } from "./sign.js";
import { Stream } from "./stream.js";

const LIST_MS = 5000; // pages without a stream of their own
const POLL_MS = 10000; // while the stream is not open
const SURE_MS = 30000; // while it is open: not every change is an event
const SOON_MS = 2000; // while a task of the dashboard works on the workflow: its end is no event
const LEAST_GAP_MS = 500;
const SHARE = 10; // a refresh takes at most a tenth of the time

const workflows = (document.body.dataset.workflow ?? "").split(" ").filter(Boolean);
const list = document.body.dataset.list; // of a page with a list of workflows
let paused = false;
let busy = false;
let kinds = new Set();
let everything = false;
let notBefore = 0;
let lastTry = Date.now();
let timer = 0;

const query = list ? `list=${list}` : workflows.map((id) => `workflow=${id}`).join("&");
let stream = query === "" ? null : new Stream(query, (message) => heard(message), () => mark());
const rests = () => paused || document.visibilityState !== "visible";
const flows = () => stream?.state === "open";

const mark = () => {
  const live = parts().length > 0;
  setMode(!live ? "idle" : paused ? "paused" : flows() ? "stream" : "poll", (stream ? POLL_MS : LIST_MS) / 1000);
};

const update = async () => {
  window.clearTimeout(timer);
  if (rests() || busy) return;
  const wait = notBefore - Date.now();
  if (wait > 0) {
    timer = window.setTimeout(update, wait);
    return;
  }
  const wanted = everything ? parts() : concerned(kinds);
  everything = false;
  kinds = new Set();
  if (wanted.length === 0) return;
  busy = true;
  const began = lastTry = Date.now();
  const status = await refresh(wanted);
  busy = false;
  setStatus(status);
  if (status === null || status === 0 || status >= 500) everything = true; // what was asked for is still unknown
  notBefore = Date.now() + Math.max(LEAST_GAP_MS, SHARE * (Date.now() - began));
  mark();
  if (status !== 0 && (everything || kinds.size > 0)) timer = window.setTimeout(update, notBefore - Date.now());
};

const heard = (message) => {
  document.dispatchEvent(new CustomEvent("torc:changes", { detail: message }));
  if (message.state === "away") setStatus(503);
  if (message.everything || message.state === "gone") everything = true;
  message.kinds.forEach((kind) => kinds.add(kind));
  if (list && message.state === "gone") { // the server has no such stream
    stream.stop();
    stream = null;
    mark();
  }
  if (message.state === "open" || message.state === "gone") update();
};

const due = () => {
  const soon = document.querySelector("[data-soon]") !== null || document.body.classList.contains("is-away");
  const period = soon ? SOON_MS : !stream ? LIST_MS : flows() ? SURE_MS : POLL_MS;
  if (Date.now() - lastTry >= period) {
    everything = true;
    update();
  }
  draw();
};

const wake = () => {
  mark();
  if (rests()) {
    stream?.stop();
    return;
  }
  if (parts().length > 0) stream?.start();
  everything = true;
  update();
};

document.addEventListener("visibilitychange", wake);
document.getElementById("pause").addEventListener("click", (event) => {
  paused = !paused;
  event.currentTarget.setAttribute("aria-pressed", String(paused));
  wake();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr.status;
  if (status !== 0) setStatus(status);
});
document.addEventListener("htmx:sendError", () => setStatus(0));
document.addEventListener("htmx:timeout", () => setStatus(0));
document.addEventListener("htmx:afterSettle", mark);
document.addEventListener("torc:updated", () => {
  const state = document.querySelector("#frame_state .state");
  if (state) announce(state.textContent.trim().replace(/\s+/g, " "));
});
setUpdated();
mark();
if (!rests() && parts().length > 0) stream?.start();
window.setInterval(due, 1000);
