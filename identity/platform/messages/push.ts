import type { Deps } from '../../deps.ts'
import { sendWebPush, type WebPushDevice } from './web-push.ts'

/** Something that shows a person a message at once: a browser, or an app that brings a way of its own. */
export type PushDevice = WebPushDevice

/** What a device shows. */
interface PushMessage {
  /** JSON, at most `MOST_PUSH_BYTES`. */
  readonly text: string
  /** How long it is of use. */
  readonly seconds: number
  /** A later message of the same topic takes the place of one that has not arrived: at most 32 characters of Base64url. */
  readonly topic: string
}

/** `gone`: the device takes no messages any more. */
type PushOutcome = 'sent' | 'gone' | 'failed'

export type PushParts = Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'outsideFetch'>

/** How devices of a kind are reached. */
export type PushCarrier<D> = (parts: PushParts, device: D, message: PushMessage) => Promise<PushOutcome>

const CARRIERS: { readonly [K in PushDevice['kind']]: PushCarrier<Extract<PushDevice, { readonly kind: K }>> } = {
  web: sendWebPush,
}

/** Hands a message to whatever reaches the device. */
export const sendPush: PushCarrier<PushDevice> = (parts, device, message) =>
  CARRIERS[device.kind](parts, device, message)
