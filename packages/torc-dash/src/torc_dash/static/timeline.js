// <timeline-zoom>: dragging over the plot shows that time alone, and the axis is drawn in the zone of the reader.
// Without this script the axis is in UTC, and the links zoom.
const SVG = "http://www.w3.org/2000/svg";
const LEAST_PX = 6; // less is a click
const TICK_PX = 90;
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE,
  2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
  2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY,
];
const isLocal = document.documentElement.dataset.zone === "local";
const two = (number) => String(number).padStart(2, "0");

// The parts of a time in the zone of the reader, or in UTC.
const partsOf = (ms) => {
  const date = new Date(ms);
  const offset = isLocal ? -date.getTimezoneOffset() * MINUTE : 0;
  const shown = new Date(ms + offset);
  return {
    offset,
    day: shown.toISOString().slice(0, 10),
    minutes: `${two(shown.getUTCHours())}:${two(shown.getUTCMinutes())}`,
    seconds: `:${two(shown.getUTCSeconds())}`,
    ms: `.${String(shown.getUTCMilliseconds()).padStart(3, "0")}`,
  };
};

const textOf = (parts, step, day) => {
  const time = step >= DAY ? "" : parts.minutes + (step < MINUTE ? parts.seconds : "") + (step < SECOND ? parts.ms : "");
  if (time === "") return parts.day;
  return parts.day === day ? time : `${parts.day.slice(5)} ${time}`;
};

// Round times of the clock on the wall. Where the clock is changed, hours are repeated or missing, and ticks follow it.
export const ticks = (start, end, most) => {
  const step = STEPS.find((each) => (end - start) / each <= most) ?? STEPS.at(-1);
  const found = [];
  let [day, last] = ["", -Infinity];
  let wall = Math.floor((start + partsOf(start).offset) / step) * step;
  for (let count = 0; count < 4 * most + 8; count += 1, wall += step) {
    const time = wall - partsOf(wall - partsOf(start).offset).offset;
    if (time > end) break;
    if (time < start || time <= last) continue; // before the start, or an hour that the clock leaves out
    const parts = partsOf(time);
    found.push({ time, text: textOf(parts, step, day) });
    [day, last] = [parts.day, time];
  }
  return found;
};

const zoneName = (ms) => {
  if (!isLocal) return "UTC";
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(new Date(ms));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
};

const element = (name, attributes, text = "") => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

class TimelineZoom extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", this);
    this.addEventListener("click", this, true);
    this.addEventListener("dragstart", this);
    this.redraw = () => this.axis();
    document.addEventListener("torc:updated", this.redraw);
    this.sizes = new ResizeObserver(this.redraw);
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    document.removeEventListener("torc:updated", this.redraw);
    this.sizes.disconnect();
  }

  get plot() { return this.querySelector(".timeline-plot"); }

  get start() { return Number(this.dataset.start) * 1000; }

  get end() { return Number(this.dataset.end) * 1000; }

  axis() {
    const [axis, zone, width] = [this.querySelector(".axis"), this.querySelector(".zone"), this.plot.clientWidth];
    if (width === 0) return;
    const [start, end] = [this.start, this.end];
    axis.replaceChildren(...ticks(start, end, Math.max(2, Math.floor(width / TICK_PX) - 1)).flatMap(({ time, text }) => {
      const x = `${100 * (time - start) / (end - start)}%`;
      return [element("line", { x1: x, x2: x, y1: 0, y2: "100%" }), element("text", { x, y: 76, dx: 4 }, text)];
    }));
    zone.textContent = zoneName(end);
  }

  handleEvent(event) { this[`on${event.type}`](event); }

  ondragstart(event) { event.preventDefault(); } // a drag of a bar zooms too

  onclick(event) {
    if (!this.dragged) return;
    event.preventDefault();
    event.stopPropagation();
    this.dragged = false;
  }

  onpointerdown(event) {
    if (event.button !== 0 || event.pointerType === "touch" || !event.target.closest(".timeline-plot")) return;
    const at = (pointer) => {
      const box = this.plot.getBoundingClientRect();
      return Math.min(1, Math.max(0, (pointer.clientX - box.left) / box.width));
    };
    const first = at(event);
    const ending = new AbortController();
    const range = { low: first, high: first };
    const selection = element("rect", { class: "selection", y: 0, height: "100%" });
    this.dragged = false;
    const move = (pointer) => {
      const now = at(pointer);
      Object.assign(range, { low: Math.min(first, now), high: Math.max(first, now) });
      this.dragged ||= (range.high - range.low) * this.plot.clientWidth >= LEAST_PX;
      if (!this.dragged) return;
      selection.setAttribute("x", `${100 * range.low}%`);
      selection.setAttribute("width", `${100 * (range.high - range.low)}%`);
      if (!selection.isConnected) this.plot.append(selection); // the server may have drawn it again
    };
    const stop = () => { ending.abort(); selection.remove(); };
    const options = { signal: ending.signal };
    document.addEventListener("pointermove", move, options);
    document.addEventListener("pointercancel", stop, options);
    document.addEventListener("keydown", (pressed) => { if (pressed.key === "Escape") stop(); }, options);
    document.addEventListener("pointerup", () => {
      stop();
      if (this.dragged) this.show(range);
      window.setTimeout(() => { this.dragged = false; });
    }, options);
  }

  show({ low, high }) {
    const length = this.end - this.start;
    const address = new URL(window.location.href);
    address.searchParams.set("start", new Date(Math.floor(this.start + low * length)).toISOString());
    address.searchParams.set("end", new Date(Math.ceil(this.start + high * length)).toISOString());
    address.searchParams.delete("table");
    address.hash = "";
    window.location.assign(address);
  }
}

window.customElements.define("timeline-zoom", TimelineZoom);
