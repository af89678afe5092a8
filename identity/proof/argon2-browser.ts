import { argon2id as wasm } from 'hash-wasm'
import type { Argon2id } from './kdf.ts'

/** Argon2id in WebAssembly (hash-wasm). A page with a content security policy has to allow `'wasm-unsafe-eval'`. */
export const argon2id: Argon2id = ({ secret, salt, kdf, length }) =>
  wasm({
    password: secret,
    salt,
    memorySize: kdf.m,
    iterations: kdf.t,
    parallelism: kdf.p,
    hashLength: length,
    outputType: 'binary',
  })
