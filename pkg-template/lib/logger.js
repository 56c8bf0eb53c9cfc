// MSAL's Logger: levels, a callback, and never personal data unless it is asked for.

export const LogLevel = /*#__PURE__*/ Object.freeze({
  Error: 0,
  Warning: 1,
  Info: 2,
  Verbose: 3,
  Trace: 4,
  0: "Error",
  1: "Warning",
  2: "Info",
  3: "Verbose",
  4: "Trace",
});

/**
 * @typedef {(level: number, message: string, containsPii: boolean) => void} LoggerCallback
 * @typedef {{ loggerCallback?: LoggerCallback, logLevel?: number, piiLoggingEnabled?: boolean, correlationId?: string }} LoggerOptions
 */

export class Logger {
  #options;
  #packageName;
  #packageVersion;

  /**
   * @param {LoggerOptions} [options]
   * @param {string} [packageName]
   * @param {string} [packageVersion]
   */
  constructor(options = {}, packageName = "graph-token", packageVersion = "") {
    this.#options = options;
    this.#packageName = packageName;
    this.#packageVersion = packageVersion;
  }

  /**
   * @param {string} packageName
   * @param {string} packageVersion
   */
  clone(packageName, packageVersion) {
    return new Logger(this.#options, packageName, packageVersion);
  }

  isPiiLoggingEnabled() {
    return this.#options.piiLoggingEnabled ?? false;
  }

  /** @param {string} message @param {string} [correlationId] */
  error(message, correlationId) {
    this.#log(LogLevel.Error, message, false, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  warning(message, correlationId) {
    this.#log(LogLevel.Warning, message, false, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  info(message, correlationId) {
    this.#log(LogLevel.Info, message, false, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  verbose(message, correlationId) {
    this.#log(LogLevel.Verbose, message, false, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  trace(message, correlationId) {
    this.#log(LogLevel.Trace, message, false, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  errorPii(message, correlationId) {
    this.#log(LogLevel.Error, message, true, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  warningPii(message, correlationId) {
    this.#log(LogLevel.Warning, message, true, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  infoPii(message, correlationId) {
    this.#log(LogLevel.Info, message, true, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  verbosePii(message, correlationId) {
    this.#log(LogLevel.Verbose, message, true, correlationId);
  }

  /** @param {string} message @param {string} [correlationId] */
  tracePii(message, correlationId) {
    this.#log(LogLevel.Trace, message, true, correlationId);
  }

  /**
   * @param {number} level
   * @param {string} message
   * @param {boolean} containsPii
   */
  executeCallback(level, message, containsPii) {
    this.#options.loggerCallback?.(level, message, containsPii);
  }

  /**
   * @param {number} level
   * @param {string} message
   * @param {boolean} containsPii
   * @param {string} [correlationId]
   */
  #log(level, message, containsPii, correlationId = this.#options.correlationId ?? "") {
    const { loggerCallback, logLevel = LogLevel.Info, piiLoggingEnabled = false } = this.#options;
    if (!loggerCallback || level > logLevel || (containsPii && !piiLoggingEnabled)) return;
    const name = LogLevel[/** @type {0} */ (level)];
    // It may be a caller's word, and is to make no other line.
    const id = String(correlationId).replace(/[^\x20-\x7e]/g, "");
    const origin = `${this.#packageName}@${this.#packageVersion}`;
    const line = `[${new Date().toUTCString()}] : [${id}] : ${origin} : ${name} - ${message}`;
    try {
      loggerCallback(level, line, containsPii);
    } catch {
      // Who listens decides nothing of a call.
    }
  }
}
