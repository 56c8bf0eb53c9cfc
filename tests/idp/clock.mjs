// The services' clock. A test moves it where a client whose own clock is wrong would see it, or where time has to pass.
export function createClock() {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    /** oidc-provider reads the real time: what it dates is put right with this. */
    offsetSeconds: () => Math.round(offsetMs / 1000),
    set(ms = 0) {
      offsetMs = ms;
    },
  };
}
