import type { AuthenticationResult } from "./browser-client.js";
import type { CACHE_UNAVAILABLE, CacheUnavailableReason, EventType, InteractionStatus, InteractionType } from "./browser-constants.js";
import type { EndSessionRequest, PageWindow, PopupRequest, RedirectRequest, SilentRequest, SsoSilentRequest } from "./browser-requests.js";
import type { AuthError } from "./errors.js";
import type { AccountInfo } from "./results.js";

export interface PopupEvent {
  popupWindow: PageWindow;
}

/**
 * The request at the start; the result, or at a sign-in the account, at the end; null where there is nothing to tell.
 */
export type EventPayload =
  | AccountInfo
  | PopupRequest
  | RedirectRequest
  | SilentRequest
  | SsoSilentRequest
  | EndSessionRequest
  | AuthenticationResult
  | PopupEvent
  | null;
export type EventError = AuthError | Error | null;

export interface EventMessage {
  eventType: EventType;
  interactionType: InteractionType | null;
  payload: EventPayload;
  error: EventError;
  correlationId: string;
  /** Milliseconds since 1970. */
  timestamp: number;
}
export type EventCallbackFunction = (message: EventMessage) => void;

/** What comes where the browser refuses storage: an event of ours. */
export interface CacheUnavailableMessage extends Omit<EventMessage, "eventType" | "payload"> {
  eventType: typeof CACHE_UNAVAILABLE;
  payload: { reason: CacheUnavailableReason };
}

export declare class EventMessageUtils {
  /** The status that an event leads to; null where it changes nothing. */
  static getInteractionStatusFromEvent(message: EventMessage, currentStatus?: InteractionStatus): InteractionStatus | null;
}
