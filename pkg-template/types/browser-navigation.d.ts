import type { ApiId } from "./browser-constants.js";

export interface NavigationOptions {
  /** Which call it is for. */
  apiId: ApiId;
  /** How long leaving the page may take, in milliseconds. */
  timeout: number;
  /** Whether the address should not stay in the history. */
  noHistory: boolean;
}

export interface INavigationClient {
  /** To another page of the program; false where the page stayed. */
  navigateInternal(url: string, options: NavigationOptions): Promise<boolean>;
  /** To the sign-in page. */
  navigateExternal(url: string, options: NavigationOptions): Promise<boolean>;
}

/** Sets the page's address. */
export declare class NavigationClient implements INavigationClient {
  constructor();
  navigateInternal(url: string, options: NavigationOptions): Promise<boolean>;
  navigateExternal(url: string, options: NavigationOptions): Promise<boolean>;
}
