// Shows points in time in the zone of the reader, or relative to now. The server writes them in UTC.
const RELATIVE = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "narrow" });
const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
const isLocal = document.documentElement.dataset.zone === "local";

const two = (number) => String(number).padStart(2, "0");
const local = (date) =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

const relative = (date) => {
  let amount = (date - Date.now()) / 1000;
  for (const [unit, many] of STEPS) {
    if (Math.abs(amount) < many) return RELATIVE.format(Math.round(amount), unit);
    amount /= many;
  }
  return "";
};

const draw = () => {
  for (const element of document.querySelectorAll("time[datetime]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const utc = `${element.dateTime.replace("T", " ").replace("Z", "")}Z`;
    const text = "relative" in element.dataset ? relative(date) : isLocal ? local(date) : utc;
    if (element.textContent !== text) element.textContent = text;
    element.title = `${utc} UTC, ${relative(date)}`.replace("Z UTC", " UTC");
  }
};

document.addEventListener("torc:updated", draw);
document.addEventListener("htmx:afterSettle", draw);
window.setInterval(draw, 10000);
draw();
