export declare enum LogLevel {
  Error = 0,
  Warning = 1,
  Info = 2,
  Verbose = 3,
  Trace = 4,
}

export interface ILoggerCallback {
  (level: LogLevel, message: string, containsPii: boolean): void;
}

export interface LoggerOptions {
  loggerCallback?: ILoggerCallback;
  /** The most that is told; default Info. */
  logLevel?: LogLevel;
  /** Whether messages with personal data are told too; secrets and tokens never are. */
  piiLoggingEnabled?: boolean;
  /** Stands in messages that no request has caused. */
  correlationId?: string;
}

export declare class Logger {
  constructor(loggerOptions?: LoggerOptions, packageName?: string, packageVersion?: string);
  clone(packageName: string, packageVersion: string): Logger;
  isPiiLoggingEnabled(): boolean;
  executeCallback(level: LogLevel, message: string, containsPii: boolean): void;
  error(message: string, correlationId?: string): void;
  errorPii(message: string, correlationId?: string): void;
  warning(message: string, correlationId?: string): void;
  warningPii(message: string, correlationId?: string): void;
  info(message: string, correlationId?: string): void;
  infoPii(message: string, correlationId?: string): void;
  verbose(message: string, correlationId?: string): void;
  verbosePii(message: string, correlationId?: string): void;
  trace(message: string, correlationId?: string): void;
  tracePii(message: string, correlationId?: string): void;
}
