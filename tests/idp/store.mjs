// oidc-provider's adapter over one Map per tenant. The bundled one holds a thousand entries for the whole process and
// revokes a grant's tokens together; here nothing is evicted, and old refresh tokens stay usable, as with Entra.
// Expiry is kept by the provider's clock and told to oidc-provider, which reads the real time, in the latter.
export function createStore(clock) {
  const entries = new Map();
  const live = (entry) => (entry && (entry.expiresAt === undefined || entry.expiresAt > clock.now()) ? moved(entry.payload, -clock.offsetSeconds()) : undefined);

  return class Adapter {
    constructor(model) {
      this.model = model;
    }

    #key(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresInSeconds) {
      // A minute of grace: the provider itself tells an expired code from an unknown one, and the two differ in Entra.
      const expiresAt = expiresInSeconds === undefined ? undefined : clock.now() + (expiresInSeconds + 60) * 1000;
      entries.set(this.#key(id), { payload: moved(payload, clock.offsetSeconds()), expiresAt });
    }

    async find(id) {
      return live(entries.get(this.#key(id)));
    }

    async findByUid(uid) {
      return this.#findBy("uid", uid);
    }

    async findByUserCode(userCode) {
      return this.#findBy("userCode", userCode);
    }

    async consume(id) {
      const entry = entries.get(this.#key(id));
      if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      entries.delete(this.#key(id));
    }

    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) {
        if (payload.grantId === grantId && key.startsWith(`${this.model}:`)) entries.delete(key);
      }
    }

    #findBy(field, value) {
      for (const [key, entry] of entries) {
        if (key.startsWith(`${this.model}:`) && entry.payload[field] === value) return live(entry);
      }
      return undefined;
    }
  };
}

function moved(payload, seconds) {
  return payload.exp === undefined ? { ...payload } : { ...payload, exp: payload.exp + seconds };
}
