import { ed25519 } from '@noble/curves/ed25519.js'
import { decodeJwt, importJWK } from 'jose'
import type { Account, ProofDeps, ProofTenant } from '../../identity/proof/accounts.ts'
import { argon2id } from '../../identity/proof/argon2-node.ts'
import { type ClientTools, ProofClient } from '../../identity/proof/client.ts'
import { openCommitment } from '../../identity/proof/commitment.ts'
import { fromBase64url, toBase64url } from '../../identity/proof/encoding.ts'
import { change, register, reset } from '../../identity/proof/enrolment.ts'
import { deriveScalar, KDF } from '../../identity/proof/kdf.ts'
import { openSealed } from '../../identity/proof/sealing.ts'
import { type LoginSecret, type Steps, secretBytes } from '../../identity/proof/secret-bytes.ts'
import { authenticateProof, authorizeEmailChange, issueChallenge } from '../../identity/proof/server.ts'
import {
  type ChallengeOccasion,
  type CommitmentOccasion,
  challengeContext,
  challengeHash,
  commitmentContext,
  PROTOCOL,
} from '../../identity/proof/transcript.ts'
import { fixedBytes, fixedP256, fixedSeal, hex, importPair } from './fixed.ts'
import { memoryStore } from './memory-store.ts'

const TENANT_ID = 'acme-web'
const USERNAME = 'jane'
const USER_ID = 'u-jane'
const NOW = new Date('2026-03-01T12:00:00Z')
const STEPS: Steps = { pin: 6, pattern: 3 }
const SECRET: LoginSecret = { pin: '204861', pattern: [0, 1, 2, 5, 8] }
const G = 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'

const sealing = fixedP256('tenant sealing key')
const signing = fixedEd25519('tenant signing key')

function fixedEd25519(label: string) {
  const seed = fixedBytes(label)(32)
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: toBase64url(ed25519.getPublicKey(seed)) }
  return { publicJwk, privateJwk: { ...publicJwk, d: toBase64url(seed) } }
}

const JWKS = {
  keys: [
    { ...signing.publicJwk, kid: 'sig-1', use: 'sig', alg: 'EdDSA' },
    { ...sealing.publicJwk, kid: 'enc-1', use: 'enc', alg: 'ECDH-ES' },
  ],
}

async function tenant(): Promise<ProofTenant> {
  return {
    steps: STEPS,
    sealing: [{ kid: 'enc-1', privateKey: (await importPair(sealing)).privateKey }],
    signing: { kid: 'sig-1', alg: 'EdDSA', privateKey: (await importJWK(signing.privateJwk, 'EdDSA')) as never },
  }
}

function serverDeps(account: Account | undefined): ProofDeps {
  return {
    store: memoryStore(),
    now: () => NOW,
    masterKey: fixedBytes('master key')(32),
    tenant,
    account: async () => account,
    randomBytes: fixedBytes('server'),
    seal: fixedSeal('server'),
  }
}

/** A client whose every random value is written down in `drawn`. */
function client(label: string): { readonly client: ProofClient; readonly drawn: string[] } {
  const [bytes, drawn]: [ReturnType<typeof fixedBytes>, string[]] = [fixedBytes(label), []]
  const tools: ClientTools = {
    argon2id,
    randomBytes: (length) => {
      const value = bytes(length)
      drawn.push(hex(value))
      return value
    },
    newKeyPair: () => importPair(fixedP256(`${label} C`)),
    seal: fixedSeal(label),
    now: () => NOW,
  }
  return { client: new ProofClient(tools, { tenantId: TENANT_ID, jwks: JWKS as never }), drawn }
}

const unseal = async (jwe: string) => JSON.parse(await openSealed(jwe, 4096, (await tenant()).sealing))

/** Server calls by purpose, as a route makes them. */
const ACCEPT = {
  register,
  reset,
  change: (deps: ProofDeps, request: Parameters<typeof register>[1]) => change(deps, request, NOW),
}

async function commitmentVector(occasion: CommitmentOccasion) {
  const { client: c, drawn } = client(occasion.purpose)
  const { encrypted_commitment } = await c.commitment(USERNAME, STEPS, SECRET, occasion)
  const deps = serverDeps(undefined)
  const owner = { tenantId: TENANT_ID, userId: USER_ID }
  const sealed = await ACCEPT[occasion.purpose](deps, {
    ...owner,
    username: USERNAME,
    handle: occasion.handle,
    encryptedCommitment: encrypted_commitment,
    protoVersion: PROTOCOL,
  })
  const message = await unseal(encrypted_commitment)
  const context = commitmentContext(occasion, message.jti)
  const [salt, , v] = drawn
  const vector = {
    occasion,
    random: { salt, v },
    ...proofParts({ ...message, purpose: occasion.purpose, context }),
    message,
    encrypted_commitment,
    stored: openCommitment(deps.masterKey, owner, sealed),
  }
  return { vector, account: { userId: USER_ID, commitment: sealed } }
}

interface ProofFacts {
  readonly A: string
  readonly V: string
  readonly r: string
  readonly purpose: CommitmentOccasion['purpose'] | ChallengeOccasion['purpose']
  readonly context: Uint8Array
}

/** The proof's parts in hexadecimal; `c_wide` is the hash before it is reduced. */
function proofParts({ A, V, r, purpose, context }: ProofFacts) {
  const encodings = { G: fromHex(G), V: fromBase64url(V), A: fromBase64url(A) }
  const wide = challengeHash({ purpose, tenantId: TENANT_ID, username: USERNAME, context }, encodings)
  return {
    context: hex(context),
    A: hex(encodings.A),
    V: hex(encodings.V),
    c_wide: hex(wide),
    r: hex(fromBase64url(r)),
  }
}

const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

async function challengeVector(occasion: ChallengeOccasion, account: Account, A: string) {
  const { client: c, drawn } = client(occasion.purpose)
  const deps = serverDeps(account)
  const attempt = await c.begin()
  const { purpose, handle } = occasion
  const request = { tenantId: TENANT_ID, username: USERNAME, cipherKey: attempt.cipherKey, purpose, handle }
  const response = await issueChallenge(deps, request)
  const keys = [{ kid: attempt.thumbprint, privateKey: attempt.privateKey }]
  const jws = await openSealed(response.challenge_data, 4096, keys)
  const opened = await c.open(attempt, response)
  const answer = await c.answer(attempt, opened, USERNAME, SECRET, occasion)
  await accept(deps, occasion, attempt.cipherKey, answer)
  const message = await unseal(answer.challenge_data)
  const facts = { challengeId: opened.challenge_id, n: fromBase64url(opened.n), thumbprint: attempt.thumbprint }
  return {
    occasion,
    C: { private: fixedP256(`${purpose} C`).privateJwk, thumbprint: attempt.thumbprint },
    request: { username: USERNAME, cipherKey: attempt.cipherKey },
    response,
    jws,
    challenge: decodeJwt(jws),
    random: { v: drawn[0] },
    ...proofParts({ A, ...message, purpose, context: challengeContext(facts, occasion) }),
    message,
    answer,
  }
}

/** The vector is published only if the server takes it. */
async function accept(
  deps: ProofDeps,
  occasion: ChallengeOccasion,
  cipherKey: string,
  answer: { readonly challenge_id: string; readonly challenge_data: string },
): Promise<void> {
  const { challenge_id: challengeId, challenge_data: challengeData } = answer
  const common = { tenantId: TENANT_ID, handle: occasion.handle, challengeId, challengeData }
  if (occasion.purpose === 'login') await authenticateProof(deps, { ...common, username: USERNAME, cipherKey })
  else await authorizeEmailChange(deps, { ...common, userId: USER_ID, newEmail: occasion.newEmail })
}

/** What a name without an account is told; only the salt depends on the name. */
async function unknownVector() {
  const { client: c } = client('unknown')
  const attempt = await c.begin()
  const request = { tenantId: TENANT_ID, username: 'nobody', cipherKey: attempt.cipherKey } as const
  const deps = serverDeps(undefined)
  const response = await issueChallenge(deps, { ...request, purpose: 'login', handle: 'auth-req-1' })
  return { master_key: hex(deps.masterKey), username: request.username, challenge: await c.open(attempt, response) }
}

async function derivationVector(steps: Steps, secret: LoginSecret) {
  const s = secretBytes(steps, secret)
  const salt = fixedBytes('derivation salt')(16)
  const derived = await argon2id({ secret: s, salt, kdf: KDF, length: 64 })
  const a = await deriveScalar(argon2id, s, salt, KDF)
  return {
    steps,
    secret,
    s: hex(s),
    salt: hex(salt),
    kdf: KDF,
    argon2id: hex(derived),
    a: a.toString(16).padStart(64, '0'),
  }
}

/** Every message of the protocol with fixed randomness. Bytes are hexadecimal (`a` a big-endian number), messages as they travel. */
export async function makeVectors() {
  const registered = await commitmentVector({ purpose: 'register', handle: 'auth-req-1' })
  const A = registered.vector.message.A
  const login = { purpose: 'login', handle: 'auth-req-1' } as const
  const email = { purpose: 'email', handle: 'session-1', newEmail: 'jane@example.org' } as const
  return {
    protocol: PROTOCOL,
    note: 'Keys and random values here are published: never use them outside tests.',
    tenant: {
      tenant_id: TENANT_ID,
      steps: STEPS,
      sealing: sealing.privateJwk,
      signing: signing.privateJwk,
      jwks: JWKS,
    },
    user: { user_id: USER_ID, username: USERNAME, secret: SECRET },
    now: NOW.toISOString(),
    derivation: [
      await derivationVector(STEPS, SECRET),
      await derivationVector({ pin: 4 }, { pin: '0000' }),
      await derivationVector({ pattern: 5 }, { pattern: [24, 18, 12, 6, 0] }),
    ],
    register: registered.vector,
    reset: (await commitmentVector({ purpose: 'reset', handle: '48151623' })).vector,
    change: (await commitmentVector({ purpose: 'change', handle: 'session-1' })).vector,
    login: await challengeVector(login, registered.account, A),
    email: await challengeVector(email, registered.account, A),
    unknown: await unknownVector(),
  }
}
