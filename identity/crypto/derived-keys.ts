import { createHmac, createSecretKey, type Hmac, hkdfSync, type KeyObject } from 'node:crypto'

const KEY_BYTES = 32

/** Purposes name tenants, too, so there is no end of them. */
const KEPT_DERIVED = 1_000
const derived = new WeakMap<Uint8Array, Map<string, Uint8Array>>()

/** A key for one purpose, derived from the master key (HKDF, RFC 5869). It is kept for the next caller: never write to it. */
export function deriveKey(masterKey: Uint8Array, purpose: string): Uint8Array {
  const kept = derived.get(masterKey) ?? new Map<string, Uint8Array>()
  const key = kept.get(purpose) ?? derive(masterKey, purpose)
  derived.set(masterKey, kept.set(purpose, key))
  const [oldest] = kept.keys()
  if (oldest !== undefined && kept.size > KEPT_DERIVED) kept.delete(oldest)
  return key
}

const derive = (masterKey: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', masterKey, new Uint8Array(), `plumbline ${purpose}`, KEY_BYTES))

const held = new WeakMap<Uint8Array, KeyObject>()

/** The same as OpenSSL holds it, which costs a sixth of one that is handed over with each call. */
export function derivedKeyObject(masterKey: Uint8Array, purpose: string): KeyObject {
  const bytes = deriveKey(masterKey, purpose)
  const key = held.get(bytes) ?? createSecretKey(bytes)
  held.set(bytes, key)
  return key
}

/** HMAC-SHA-256 (RFC 2104) under the key for one purpose. */
export const hmacUnder = (masterKey: Uint8Array, purpose: string): Hmac =>
  createHmac('sha256', derivedKeyObject(masterKey, purpose))

/** A fingerprint of the master key: tells two apart, and nothing about either. */
export const markOf = (key: Uint8Array): string => hmacUnder(key, 'mark').update('master').digest('base64url')
