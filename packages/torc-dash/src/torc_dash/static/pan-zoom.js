// <pan-zoom>: moves and enlarges the graph within it: by wheel with Ctrl, dragging, buttons and keys. Without this
// script the frame scrolls.
"use strict";
(() => {
  const STEP = 1.25;
  const [LEAST, MOST] = [0.2, 4];
  const PAN_PX = 80;

  class PanZoom extends HTMLElement {
    connectedCallback() {
      this.scale = 1;
      this.addEventListener("click", this);
      this.addEventListener("keydown", this);
      this.addEventListener("wheel", this, { passive: false });
      this.addEventListener("pointerdown", this);
      this.listener = () => this.apply();
      document.addEventListener("torc:updated", this.listener); // the server drew it again
    }

    disconnectedCallback() { document.removeEventListener("torc:updated", this.listener); }

    get frame() { return this.querySelector(".graph-frame"); }

    get graph() { return this.querySelector("svg.graph"); }

    apply() {
      const graph = this.graph;
      if (!graph) return;
      const { width, height } = graph.viewBox.baseVal;
      graph.setAttribute("width", width * this.scale);
      graph.setAttribute("height", height * this.scale);
    }

    // The point at (x, y) of the frame stays where it is.
    zoom(scale, x, y) {
      const frame = this.frame;
      const next = Math.min(MOST, Math.max(LEAST, scale));
      const by = next / this.scale;
      const [left, top] = [(frame.scrollLeft + x) * by - x, (frame.scrollTop + y) * by - y];
      this.scale = next;
      this.apply();
      frame.scrollTo(left, top);
    }

    zoomBy(factor) { this.zoom(this.scale * factor, this.frame.clientWidth / 2, this.frame.clientHeight / 2); }

    fit() {
      const { width, height } = this.graph.viewBox.baseVal;
      this.zoom(Math.min(1, (this.frame.clientWidth - 16) / width, (this.frame.clientHeight - 16) / height), 0, 0);
      this.frame.scrollTo(0, 0);
    }

    handleEvent(event) { this[`on${event.type}`](event); }

    onclick(event) {
      if (this.dragged) { event.preventDefault(); this.dragged = false; return; }
      const action = event.target.closest("[data-zoom]")?.dataset.zoom;
      if (action === "in") this.zoomBy(STEP);
      if (action === "out") this.zoomBy(1 / STEP);
      if (action === "fit") this.fit();
      if (action === "whole") this.zoomBy(1 / this.scale);
    }

    onkeydown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest(".graph-frame")) return;
      const pans = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (event.key in pans) this.frame.scrollBy(pans[event.key][0] * PAN_PX, pans[event.key][1] * PAN_PX);
      else if (event.key === "+" || event.key === "=") this.zoomBy(STEP);
      else if (event.key === "-") this.zoomBy(1 / STEP);
      else if (event.key === "0") this.fit();
      else return;
      event.preventDefault();
    }

    onwheel(event) {
      if (!(event.ctrlKey || event.metaKey) || !event.target.closest(".graph-frame")) return; // the page scrolls
      event.preventDefault();
      const box = this.frame.getBoundingClientRect();
      this.zoom(this.scale * (event.deltaY < 0 ? STEP : 1 / STEP), event.clientX - box.left, event.clientY - box.top);
    }

    onpointerdown(event) {
      if (event.button !== 0 || event.pointerType === "touch" || !event.target.closest("svg.graph")) return;
      const frame = this.frame;
      const [x, y, left, top] = [event.clientX, event.clientY, frame.scrollLeft, frame.scrollTop];
      this.dragged = false;
      const move = (next) => {
        const [right, down] = [next.clientX - x, next.clientY - y];
        this.dragged ||= Math.hypot(right, down) > 5;
        if (this.dragged) frame.scrollTo(left - right, top - down);
      };
      const end = () => {
        document.removeEventListener("pointermove", move);
        window.setTimeout(() => { this.dragged = false; });
      };
      document.addEventListener("pointermove", move);
      document.addEventListener("pointerup", end, { once: true });
      document.addEventListener("pointercancel", end, { once: true });
      event.preventDefault(); // selects no text, drags no link
    }
  }

  window.customElements.define("pan-zoom", PanZoom);
})();
