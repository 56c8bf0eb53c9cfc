// The person before the program's pages: keeps its cookies, follows its redirects, and signs in where Entra asks for it.
import { signIn } from "../idp/sign-in.mjs";
import { ENTRA } from "./entra.mjs";

export class Person {
  #site = new Map();
  /** The identity provider's cookies, apart from the program's. */
  #jar = new Map();

  constructor(idp) {
    this.idp = idp;
  }

  /** Opens an address; gives status, headers and the parsed body of the page it ends at, and `visited`, the addresses on the way. */
  async open(url, { login } = {}) {
    const visited = [];
    for (let at = new URL(url); visited.length < 10;) {
      visited.push(at.href);
      if (at.origin === ENTRA) {
        at = await signIn(at.href.replace(ENTRA, this.idp.origin), { jar: this.#jar, ...(login ? { login } : {}) });
        continue;
      }
      const response = await fetch(at, { redirect: "manual", headers: { cookie: [...this.#site].map((pair) => pair.join("=")).join("; ") } });
      for (const cookie of response.headers.getSetCookie()) this.#site.set(...cookie.split(";")[0].split(/=(.*)/).slice(0, 2));
      const location = response.headers.get("location");
      if (location) {
        at = new URL(location, at);
        await response.body?.cancel();
        continue;
      }
      return { status: response.status, body: await response.json(), visited };
    }
    throw new Error(`redirected without end: ${visited.join(" ")}`);
  }
}
