// The page of a job: [ ] go to the previous and next failed job, o opens the log.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = { "[": "failed-previous", "]": "failed-next", o: "job-log" }[event.key];
  if (id) document.getElementById(id)?.click();
});
