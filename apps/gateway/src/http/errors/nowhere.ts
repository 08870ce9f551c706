/** What people and balancers try in order to learn whether a service is well, as the last words of a path. */
const PROBE =
  /\/[-_]?(health|healthy|healthz|health-?check|live|livez|liveness|alive|ready|readyz|readiness|status|ping|up|heartbeat|actuator)(\/.*)?$/i;

/** What is said of a path that leads nowhere: where people who tried it may want to go. */
export const nowhereOf = (path: string): string => {
  if (PROBE.test(path)) {
    return 'there is nothing here; health is at /health/live (the process), /health/ready (reads) and /health/ready/writes';
  }
  if (path.includes('//') || (path.length > 1 && path.endsWith('/'))) {
    return 'there is nothing here: the path has an empty part; give clients the base address without a slash at its end';
  }
  return 'there is nothing here, or not with this method; GET /openapi.json describes what there is';
};
