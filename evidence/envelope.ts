import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { STATEMENT, type Statement } from './statement.ts'

/** A DSSE envelope (v1): bytes of some type, and signatures over both. */
const ENVELOPE = Type.Object({
  payloadType: Type.String(),
  payload: Type.String(),
  signatures: Type.Array(Type.Object({ keyid: Type.String(), sig: Type.String() }), { minItems: 1 }),
})
type Envelope = Static<typeof ENVELOPE>

export interface Signer {
  /** Thumbprint of the key (RFC 7638). */
  readonly keyid: string
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

export interface Verifier {
  /** False for a key that is not known, too. */
  verify(keyid: string, signature: Uint8Array, bytes: Uint8Array): Promise<boolean>
}

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** What is signed: pre-authentication encoding of DSSE v1, where lengths keep type and payload apart. */
export function preAuthenticationEncoding(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload])
}

/** A statement on one line, signed. */
export async function sealedLine(statement: Statement, signer: Signer): Promise<string> {
  const payload = Buffer.from(JSON.stringify(statement))
  const sig = await signer.sign(preAuthenticationEncoding(PAYLOAD_TYPE, payload))
  const envelope: Envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: signer.keyid, sig: Buffer.from(sig).toString('base64') }],
  }
  return JSON.stringify(envelope)
}

/** The statement of a line, whoever signed it; `undefined`: it is none. */
export function statementIn(line: string): Statement | undefined {
  const envelope = json(line)
  if (!Value.Check(ENVELOPE, envelope) || envelope.payloadType !== PAYLOAD_TYPE) return undefined
  const statement = json(Buffer.from(envelope.payload, 'base64').toString('utf8'))
  return Value.Check(STATEMENT, statement) ? statement : undefined
}

/** Whether one of the signatures of a line is by a known key. */
export async function isSigned(line: string, keys: Verifier): Promise<boolean> {
  const { payloadType, payload, signatures } = json(line) as Envelope
  const bytes = preAuthenticationEncoding(payloadType, Buffer.from(payload, 'base64'))
  for (const { keyid, sig } of signatures) if (await keys.verify(keyid, Buffer.from(sig, 'base64'), bytes)) return true
  return false
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
