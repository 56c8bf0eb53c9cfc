// The least of a router.
import { useSyncExternalStore } from "react";

const subscribe = (changed) => {
  addEventListener("popstate", changed);
  return () => removeEventListener("popstate", changed);
};

export const usePath = () => useSyncExternalStore(subscribe, () => location.pathname);

export function goTo(path) {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}
