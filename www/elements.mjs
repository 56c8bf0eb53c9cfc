// The few ways in which the page makes and finds elements. Text only ever becomes text nodes, never markup.

export const byId = (id) => document.getElementById(id);

/** Makes an element: `make("p", { class: "note" }, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Attributes of a button that waits for the client to be there. */
export const NOT_YET = { "data-needs-session": true, disabled: true };

/** A button that does `act` when it is pressed. */
export function button(label, act, attributes = {}) {
  const node = make("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", () => act(node));
  return node;
}

/** A button that copies what `text()` gives, and says so in its own label and to screen readers. */
export function copyButton(what, text) {
  let reset;
  return button("Copy", async (node) => {
    const copied = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    node.textContent = copied ? "Copied" : "Not allowed";
    announce(copied ? `Copied ${what}.` : "This browser does not let the page copy.");
    clearTimeout(reset);
    reset = setTimeout(() => (node.textContent = "Copy"), 2000);
  }, { class: "small", "aria-label": `Copy ${what}` });
}

/** Tells screen readers what others see. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** A table with its caption; `rows` are lists of cells, of which the first is the row's header. */
export function table(caption, columns, rows) {
  return make("table", {},
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column)))),
    make("tbody", {}, ...rows.map(([first, ...rest]) =>
      make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell))))));
}

/** Names with their values: a name without a value is left out. */
export function facts(pairs) {
  const known = Object.entries(pairs).filter(([, value]) => value !== undefined && value !== "");
  return make("dl", { class: "facts" }, ...known.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

/** A text to scroll in, which the keyboard can reach. */
export function codeBlock(label, ...children) {
  return make("pre", { tabindex: "0", role: "region", "aria-label": label }, make("code", {}, ...children));
}

/** An error of the package as a card: its class and code, what happened, and what to do. */
export function errorCard(error, ...more) {
  const { name, errorCode, errorMessage, hint } = error;
  return make("div", { class: "error" },
    make("p", { class: "error-name" }, make("strong", {}, name ?? "Error"), " ", errorCode ? make("code", {}, errorCode) : ""),
    make("p", {}, sentence(errorMessage || error.message || String(error))),
    ...(hint ? [make("p", { class: "hint" }, make("strong", {}, "What to do: "), hint)] : []),
    ...more);
}

function sentence(text) {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
