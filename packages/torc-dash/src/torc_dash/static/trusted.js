// The policy of trusted types, without which no script can turn text into elements. It lets the parsers of documents
// alone do that: what they make is inert, and the content security policy refuses scripts and handlers in it.
"use strict";
(() => {
  const PARSERS = new Set(["DOMParser parseFromString", "Document parseHTMLUnsafe"]);
  window.trustedTypes?.createPolicy("default", {
    createHTML: (text, _type, sink) => (PARSERS.has(sink) ? text : null),
  });
})();
