// Does what a button asks for and shows what came of it.
import { announce, button, errorCard, make } from "./elements.mjs";

/**
 * Calls `act` at once, since a pop-up window opens inside a click only, and fills `region` with what `show(value)` gives
 * or with the error. `tell(value)` is the same in a sentence, for screen readers; `waysOn(error)` gives buttons for the
 * error's card.
 */
export async function attempt(region, { label, act, show = () => [], tell = () => "", waysOn = () => [], pressed }) {
  if (pressed?.getAttribute("aria-disabled")) return;
  pressed?.setAttribute("aria-disabled", "true");
  region.replaceChildren(make("p", { class: "note" }, `${label}…`));
  try {
    const value = await act();
    region.replaceChildren(...show(value));
    announce(tell(value));
    return value;
  } catch (error) {
    const further = waysOn(error);
    region.replaceChildren(errorCard(error, ...(further.length > 0 ? [make("div", { class: "actions" }, ...further)] : [])));
    announce(`${error.name}: ${error.errorCode ?? error.message}`);
  } finally {
    pressed?.removeAttribute("aria-disabled");
  }
}

/** What a person can do about an error of signing in: by another window, or with the claims that were asked for. */
export function signInAgain(signIn) {
  return (error) => {
    if (error.errorCode === "popup_window_error") return [button("Sign in by redirect", (pressed) => signIn.redirect({}, pressed))];
    if (error.name !== "InteractionRequiredAuthError" && error.errorCode !== "no_account_error") return [];
    const { claims } = error;
    return [button(claims ? "Sign in with these claims" : "Sign in by popup", (pressed) => signIn.popup(claims ? { claims } : {}, pressed), { class: "primary" })];
  };
}
