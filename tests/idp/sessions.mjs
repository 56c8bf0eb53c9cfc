// Who is signed in in which browser: one cookie stands for all accounts of a browser, as with Entra.
import { randomUUID } from "node:crypto";

const COOKIE = "ESTSAUTH";
const PATTERN = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`);

/** An account of a session is `{ login, sid, signedInAt, strong, apps }`; `strong` tells of a second factor, `apps` are client ids. */
export function createSessions() {
  const sessions = new Map();
  const idOf = (req) => PATTERN.exec(req.headers.cookie ?? "")?.[1];
  return {
    accountsOf: (req) => sessions.get(idOf(req)) ?? [],
    accountOf: (sid) => [...sessions.values()].flat().find((account) => account.sid === sid),
    /** Adds an account to the browser's session; gives it, and the cookie to set. */
    signIn(req, login, { sameSite = "Lax" } = {}) {
      const known = idOf(req);
      const id = sessions.has(known) ? known : randomUUID();
      const account = { login, sid: randomUUID(), signedInAt: Date.now(), strong: false, apps: new Set() };
      sessions.set(id, [...(sessions.get(id) ?? []).filter((other) => other.login !== login), account]);
      const cookie = `${COOKIE}=${id}; path=/; httponly; samesite=${sameSite}${sameSite === "None" ? "; secure" : ""}`;
      return { account, cookie };
    },
    signOut(req, gone) {
      const id = idOf(req);
      if (sessions.has(id)) sessions.set(id, sessions.get(id).filter((account) => !gone.includes(account)));
    },
    /** Ends all sessions, as an administrator does. */
    clear: () => sessions.clear(),
  };
}
