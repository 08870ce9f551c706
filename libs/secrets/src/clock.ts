/** The only source of time, injected wherever time matters. Both readings are in milliseconds. */
export interface Clock {
  /** Never goes back; its zero means nothing. May stand still while the machine is suspended. */
  monotonic(): number;
  /** Milliseconds since the Unix epoch; may jump either way. */
  wall(): number;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};
