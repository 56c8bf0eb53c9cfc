// Tabs after the ARIA pattern: one stop for the Tab key, arrows move between them.
import { make } from "./elements.mjs";

/** Fills `list` with a tab and `panels` with a panel for each `{ id, label, content }`. */
export function tabs(list, panels, items) {
  const buttons = items.map(({ id, label }) =>
    make("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}` }, label));
  const sheets = items.map(({ id, content }) =>
    make("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}` }, ...content));

  const select = (chosen) => {
    for (const [index, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(index === chosen));
      button.tabIndex = index === chosen ? 0 : -1;
      sheets[index].hidden = index !== chosen;
    }
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener("click", () => select(index));
    button.addEventListener("keydown", ({ key }) => {
      const last = buttons.length - 1;
      const target = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index === 0 ? last : index - 1, Home: 0, End: last }[key];
      if (target === undefined) return;
      select(target);
      buttons[target].focus();
    });
  }
  list.replaceChildren(...buttons);
  panels.replaceChildren(...sheets);
  select(0);
}
