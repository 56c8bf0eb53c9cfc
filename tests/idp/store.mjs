// oidc-provider's adapter over one Map per tenant. The bundled one holds a thousand entries for the whole process and
// revokes a grant's tokens together; here nothing is evicted, and old refresh tokens stay usable, as with Entra.
export function createStore() {
  const entries = new Map();
  const live = (entry) => (entry && (entry.expiresAt === undefined || entry.expiresAt > Date.now()) ? entry.payload : undefined);

  return class Adapter {
    constructor(model) {
      this.model = model;
    }

    #key(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresInSeconds) {
      // A minute of grace: the provider itself tells an expired code from an unknown one, and the two differ in Entra.
      const expiresAt = expiresInSeconds === undefined ? undefined : Date.now() + (expiresInSeconds + 60) * 1000;
      entries.set(this.#key(id), { payload, expiresAt });
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
      const payload = await this.find(id);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
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
