export * from './delivery.js';
export { NotTakenError, Receiver } from './receiver.js';
export * from './signature.js';
export * from './webhook-event.js';
export * from './webhook-service.js';
export * from './webhook.js';
