import { createHmac } from 'node:crypto'
import type { StartedOrder } from './api.ts'

/**
 * What the picture says so long after the start of an order (BankID, "QR code"). It is another one each second, so that nobody can pass a
 * picture on; the secret stays with the service.
 */
export function pictureText(
  { qrStartToken, qrStartSecret }: Pick<StartedOrder, 'qrStartToken' | 'qrStartSecret'>,
  milliseconds: number,
): string {
  const seconds = String(Math.max(0, Math.floor(milliseconds / 1000)))
  return `bankid.${qrStartToken}.${seconds}.${createHmac('sha256', qrStartSecret).update(seconds).digest('hex')}`
}
