import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll } from 'vitest'
import type { Account, ProofDeps, ProofTenant } from '../../../identity/proof/accounts.ts'
import { argon2id } from '../../../identity/proof/argon2-node.ts'
import { type ClientTools, ProofClient, webTools } from '../../../identity/proof/client.ts'
import { register } from '../../../identity/proof/enrolment.ts'
import type { Argon2id } from '../../../identity/proof/kdf.ts'
import type { LoginAnswer } from '../../../identity/proof/messages.ts'
import type { SealingKey } from '../../../identity/proof/sealing.ts'
import type { LoginSecret, Steps } from '../../../identity/proof/secret-bytes.ts'
import { authenticateProof, issueChallenge, type Proven } from '../../../identity/proof/server.ts'
import { openStore } from '../../../identity/store/open.ts'
import type { Store } from '../../../identity/store/store.ts'

/** Argon2id at a cost for tests: the server never derives, so it cannot be told to accept this; it checks what is declared. */
export const cheapArgon2id: Argon2id = (input) => argon2id({ ...input, kdf: { ...input.kdf, m: 32, t: 1 } })

export const STEPS: Steps = { pin: 6, pattern: 3 }
export const SECRET: LoginSecret = { pin: '204861', pattern: [0, 1, 2, 5, 8] }
export const JANE = { userId: 'u-jane', username: 'Jane' } as const
export const TENANT = 'acme-web'
export const AUTH_REQ_ID = 'auth-req-1'
export const START = new Date('2026-03-01T12:00:00Z')

/** Keys of one tenant, both halves. */
async function newTenant(): Promise<{
  readonly tenant: ProofTenant
  readonly jwks: JSONWebKeySet
  readonly sealingKey: SealingKey
}> {
  const sealing = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const signing = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const keys = [
    { ...(await exportJWK(signing.publicKey)), kid: 'sig-1', use: 'sig', alg: 'EdDSA' },
    { ...(await exportJWK(sealing.publicKey)), kid: 'enc-1', use: 'enc', alg: 'ECDH-ES' },
  ]
  const tenant: ProofTenant = {
    steps: STEPS,
    sealing: [{ kid: 'enc-1', privateKey: sealing.privateKey }],
    signing: { kid: 'sig-1', alg: 'EdDSA', privateKey: signing.privateKey },
  }
  return { tenant, jwks: { keys }, sealingKey: { kid: 'enc-1', publicKey: sealing.publicKey } }
}

/** A server with two tenants and its clients; time stands still unless `clock.now` is set. */
export class World {
  readonly clock = { now: START }
  readonly accounts = new Map<string, Account>()
  readonly tenants = new Map<string, Awaited<ReturnType<typeof newTenant>>>()
  readonly deps: ProofDeps
  readonly tools: ClientTools = { ...webTools(cheapArgon2id), now: () => this.clock.now }

  constructor(store: Store) {
    const { seal, randomBytes } = this.tools
    this.deps = {
      store,
      now: () => this.clock.now,
      masterKey: new Uint8Array(32).fill(7),
      tenant: async (id) => this.tenant(id).tenant,
      account: async (tenantId, username) => this.accounts.get(`${tenantId} ${username.toLowerCase()}`),
      randomBytes,
      seal,
    }
  }

  tenant(id: string) {
    const tenant = this.tenants.get(id)
    if (tenant === undefined) throw new Error(`the test has no tenant ${id}`)
    return tenant
  }

  client(tenantId = TENANT): ProofClient {
    return new ProofClient(this.tools, { tenantId, jwks: this.tenant(tenantId).jwks })
  }

  /** Seals a text of the test's own making as a client would. */
  sealToServer(text: string): Promise<string> {
    return this.tools.seal(text, this.tenant(TENANT).sealingKey)
  }

  /** A fresh account with `secret`, registered through the protocol. */
  async enrol(who: { userId: string; username: string } = JANE, secret = SECRET, tenantId = TENANT): Promise<void> {
    const occasion = { purpose: 'register', handle: AUTH_REQ_ID } as const
    const fields = await this.client(tenantId).commitment(who.username, STEPS, secret, occasion)
    const commitment = await register(this.deps, {
      tenantId,
      ...who,
      handle: AUTH_REQ_ID,
      encryptedCommitment: fields.encrypted_commitment,
      protoVersion: PROTOCOL_NAME,
    })
    this.accounts.set(`${tenantId} ${who.username.toLowerCase()}`, { userId: who.userId, commitment })
  }

  /** Messages 2 to 5 of a login, ready to be sent (and to be tampered with). The answer is made for `handle`. */
  async loginAnswer(
    username: string = JANE.username,
    secret = SECRET,
    tenantId = TENANT,
    handle = AUTH_REQ_ID,
  ): Promise<LoginAnswer> {
    const client = this.client(tenantId)
    const attempt = await client.begin()
    const request = { tenantId, username, cipherKey: attempt.cipherKey, purpose: 'login', handle: AUTH_REQ_ID } as const
    const challenge = await client.open(attempt, await issueChallenge(this.deps, request))
    const occasion = { purpose: 'login', handle } as const
    const { challenge_id, challenge_data } = await client.answer(attempt, challenge, username, secret, occasion)
    return {
      tenantId,
      username,
      cipherKey: attempt.cipherKey,
      handle,
      challengeId: challenge_id,
      challengeData: challenge_data,
    }
  }

  async login(username: string = JANE.username, secret = SECRET): Promise<Proven> {
    return authenticateProof(this.deps, await this.loginAnswer(username, secret))
  }
}

export const PROTOCOL_NAME = 'sv-schnorr-r255-1'

/** A world for the tests of one file, over a real store that is removed afterwards. */
export function useWorld(): () => World {
  let folder: string
  let store: Store
  let world: World
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-proof-'))
    store = await openStore(folder, () => world.clock.now)
    world = new World(store)
    for (const id of [TENANT, 'other-web']) world.tenants.set(id, await newTenant())
    await world.enrol()
  })
  afterAll(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return () => world
}
