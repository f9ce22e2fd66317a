// The stream of changes. Of several open pages about the same, one opens it and passes the messages on: a
// browser has six connections to a host. The page that holds the lock leads; the lock goes to the next one when it is
// closed or hidden. Without locks (plain http from another machine) each page opens a stream.
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;
const SILENCE_MS = 40000; // the dashboard sends something every 15 seconds

export class Stream {
  // `query` names workflows, or a list of them. `heard` gets each message; `changed` is called with "open", "waiting" or "closed".
  constructor(query, heard, changed) {
    this.name = `torc-live-${query}`;
    this.address = `/live?${query}`;
    this.heard = heard;
    this.changed = changed;
    this.state = "closed";
    this.failures = 0;
  }

  start() {
    if (this.ending) return;
    this.ending = new AbortController();
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }) => this.received(data);
    const lead = () => new Promise((release) => {
      this.release = release;
      if (this.ending) this.open();
      else release();
    });
    if (navigator.locks) {
      navigator.locks.request(this.name, { signal: this.ending.signal }, lead).catch(() => {});
      this.channel.postMessage({ asks: true });
    } else {
      lead();
    }
  }

  stop() {
    this.ending?.abort();
    this.ending = null;
    this.channel?.close();
    this.channel = null;
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.release?.();
    this.release = null;
    this.become("closed");
  }

  // A message of the leading page, or a question to it.
  received(data) {
    if (data.asks) {
      if (this.source) this.channel.postMessage({ state: this.state, everything: true });
      return;
    }
    if (this.source) return;
    if (data.state) this.become(data.state);
    if (data.message) this.heard(data.message);
  }

  open() {
    this.source?.close();
    this.source = new EventSource(this.address);
    this.source.onopen = () => { this.failures = 0; this.announce("open"); this.watch(); };
    this.source.onerror = () => this.openLater();
    this.source.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      this.heard(message);
      this.channel?.postMessage({ message });
      this.watch();
    };
    this.source.addEventListener("alive", () => this.watch());
  }

  openLater() {
    this.source?.close();
    this.announce("waiting");
    this.failures += 1;
    const longest = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** Math.min(this.failures, 6));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ending && this.open(), longest * (0.5 + Math.random() / 2));
  }

  watch() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.openLater(), SILENCE_MS);
  }

  announce(state) {
    this.become(state);
    this.channel?.postMessage({ state });
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed(state);
  }
}
