import { type Algorithm, hashRaw } from '@node-rs/argon2'
import type { Argon2id } from './kdf.ts'

/** The library declares its algorithms as an ambient enum, which has no value at run time; 2 is Argon2id. */
const ARGON2ID = 2 as Algorithm

/** Argon2id off the main thread (@node-rs/argon2). Throws what the library throws. */
export const argon2id: Argon2id = async ({ secret, salt, kdf, length }) =>
  new Uint8Array(
    await hashRaw(secret, {
      salt,
      algorithm: ARGON2ID,
      memoryCost: kdf.m,
      timeCost: kdf.t,
      parallelism: kdf.p,
      outputLen: length,
    }),
  )
