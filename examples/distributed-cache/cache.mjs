// What stands in for a Redis server here: one file per key in a folder that all instances share.
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** The `ICacheClient` that `DistributedCachePlugin` wants, and `delete`. */
export class FileCache {
  constructor(folder) {
    this.folder = folder;
  }

  async get(key) {
    try {
      return await readFile(this.#fileOf(key), "utf8");
    } catch (error) {
      if (error.code === "ENOENT") return "";
      throw error;
    }
  }

  async set(key, value) {
    await mkdir(this.folder, { recursive: true });
    // Another instance must see the old text or the new one, never half of it.
    const draft = path.join(this.folder, `${randomUUID()}.draft`);
    await writeFile(draft, value, { mode: 0o600 });
    await rename(draft, this.#fileOf(key));
    return "OK";
  }

  async delete(key) {
    await rm(this.#fileOf(key), { force: true });
  }

  #fileOf(key) {
    return path.join(this.folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}

/** The `IPartitionManager`: each person has a partition, named by the home account id, which the session knows. */
export class SessionPartition {
  constructor(session) {
    this.session = session;
  }

  async getKey() {
    return this.session.homeAccountId ?? "";
  }

  async extractKey(account) {
    return account.homeAccountId;
  }
}
