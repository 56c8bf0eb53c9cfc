// The cache's entries where they lie, and what they hold once they are decrypted.
import { button, byId, codeBlock, make, NOT_YET, table } from "./elements.mjs";
import { maskedBody } from "./masks.mjs";
import { storedEntries } from "./stored.mjs";

/** Gives `update()`. */
export function cachePanel(session, { onChange }) {
  byId("cache-actions").replaceChildren(
    button("Look again", onChange, NOT_YET),
    button("Clear the cache", async () => {
      await session.app.clearCache();
      onChange();
    }, NOT_YET));

  let turn = 0;
  return async () => {
    const mine = ++turn;
    const entries = await storedEntries();
    const held = await decrypted(session.app);
    // Another look began meanwhile.
    if (mine !== turn) return;
    const bytes = entries.reduce((sum, entry) => sum + (entry.bytes ?? 0), 0);
    byId("stored").replaceChildren(entries.length === 0 ? make("p", { class: "note" }, "Nothing is stored.")
      : table(`${entries.length} stored, ${size(bytes)}`, ["Name", "Where", "What", "Size", "Kept"], entries.map(row)));
    byId("decrypted").replaceChildren(codeBlock("The cache, decrypted", held));
  };
}

async function decrypted(app) {
  return maskedBody(await app.getTokenCache().serialize());
}

function row({ name, where, kind, bytes, expiresAt }) {
  const until = Number.isFinite(expiresAt) ? `until ${new Date(expiresAt).toLocaleString()}` : "";
  return [make("code", {}, name), where, kind, bytes === undefined ? "" : size(bytes), until];
}

function size(bytes) {
  return bytes < 1000 ? `${bytes}\u00a0B` : `${(bytes / 1000).toFixed(1)}\u00a0kB`;
}
