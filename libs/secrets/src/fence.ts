import { CofferError } from './coffer-error.js';

declare const fenceBrand: unique symbol;

/**
 * The order of writes to one key: generation · 2^48 + offset of the mutation in its topic partition. A store accepts a
 * write only above the fence it holds; equal is a replay and succeeds, lower is ignored. Fits a signed 64-bit column.
 */
export type Fence = bigint & { readonly [fenceBrand]: true };

const OFFSET_BITS = 48n;
export const MAX_OFFSET = (1n << OFFSET_BITS) - 1n;
/** 15 bits remain for the generation in a signed 64-bit number. */
export const MAX_GENERATION = 32_767;

export const fenceOf = (generation: number, offset: bigint): Fence => {
  if (!Number.isInteger(generation) || generation < 1 || generation > MAX_GENERATION) {
    throw new CofferError('invalid', `invalid generation: it must be a whole number from 1 to ${MAX_GENERATION}`);
  }
  if (offset < 0n || offset > MAX_OFFSET) {
    throw new CofferError('invalid', 'invalid offset: it must be from 0 to 2^48 - 1');
  }
  return ((BigInt(generation) << OFFSET_BITS) | offset) as Fence;
};

/** From a store's own column or tag. Throws `corrupt` when it is no fence. */
export const parseFence = (stored: string | number | bigint): Fence => {
  const text = String(stored);
  if (!/^\d{1,19}$/.test(text) || BigInt(text) > (1n << 63n) - 1n) {
    throw new CofferError('corrupt', 'the stored fence is not a number of 63 bits');
  }
  return BigInt(text) as Fence;
};

export const offsetOf = (fence: Fence): bigint => fence & MAX_OFFSET;

export const generationOf = (fence: Fence): number => Number(fence >> OFFSET_BITS);
