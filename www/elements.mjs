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

/** A button that copies what `text()` gives, and says so in its own label and to screen readers. */
export function copyButton(what, text) {
  const button = make("button", { type: "button", class: "copy", "aria-label": `Copy ${what}` }, "Copy");
  let reset;
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    button.textContent = copied ? "Copied" : "Not allowed";
    byId("announcer").textContent = copied ? `Copied ${what}.` : "This browser does not let the page copy.";
    clearTimeout(reset);
    reset = setTimeout(() => {
      button.textContent = "Copy";
      byId("announcer").textContent = "";
    }, 2000);
  });
  return button;
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
