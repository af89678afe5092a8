import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'

const MASK = '(secret)'

/** A secret value that cannot print itself: JSON, templates, inspection and errors all show a mask. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The clear value; call it only where it is sent or stored for its user. */
  reveal(): string {
    return this.#value
  }

  /** Keyed fingerprint (HMAC-SHA-256, 16 hexadecimal digits): tells equal from different under one key, and nothing more. */
  fingerprint(key: string): string {
    return createHmac('sha256', key).update(this.#value).digest('hex').slice(0, 16)
  }

  toJSON(): string {
    return MASK
  }

  toString(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
