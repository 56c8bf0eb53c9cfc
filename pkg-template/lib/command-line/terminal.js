// Files, the standard input, and the person at the terminal.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { OutputError, UsageError } from "./usage.js";

/**
 * Without what a terminal would obey: some of it comes from a server.
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "");
}

/**
 * Resolves when it is written. Where whoever reads has gone, nobody misses it.
 * @param {string} text
 * @returns {Promise<void>}
 */
export function print(text) {
  return new Promise((resolve, reject) => {
    const failed = (/** @type {(Error & { code?: string }) | null | undefined} */ error) => {
      if (!error || error.code === "EPIPE") return resolve();
      reject(new OutputError(`the standard output cannot be written (${error.code})`));
    };
    process.stdout.once("error", failed);
    process.stdout.write(text, failed);
  });
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${plain(text)}\n`);
}

/**
 * @param {string} option where the file was named
 * @param {string} file "-" is the standard input
 * @returns {Promise<Buffer>}
 */
export async function bytesOf(option, file) {
  try {
    return await (file === "-" ? standardInput() : readFile(file));
  } catch (error) {
    const { code } = /** @type {{ code?: string }} */ (error);
    throw new UsageError(`${option}: ${code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code})`}`);
  }
}

/**
 * A text by itself, without the end of line that editors and `echo` add.
 * @param {string} option
 * @param {string} file
 */
export async function textOf(option, file) {
  const text = (await bytesOf(option, file)).toString("utf8").replace(/^\ufeff/, "").replace(/\r?\n$/, "");
  if (!text) throw new UsageError(`${option}: there is nothing in it`);
  return text;
}

async function standardInput() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function canAsk() {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY);
}

/**
 * Asks without showing what is typed.
 * @param {string} question
 * @returns {Promise<string>}
 */
export function ask(question) {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  // From here on the terminal shows nothing by itself.
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once("close", () => {
      process.stderr.write("\n");
      reject(new UsageError("nothing was typed"));
    });
    lines.once("line", (line) => {
      if (line) resolve(line);
      lines.close();
    });
  });
}
