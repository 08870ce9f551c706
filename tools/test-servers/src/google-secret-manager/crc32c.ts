/**
 * CRC-32C bit by bit, as RFC 3720 appendix B.4 defines it. Payloads carry it both ways:
 * https://cloud.google.com/secret-manager/docs/data-integrity
 */
export function crc32c(bytes: Uint8Array) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
