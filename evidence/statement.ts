import { type Static, Type } from 'typebox'

const text = Type.String()
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const optional = Type.Optional

/** What became of one object. No value of a field is in it. */
const OBJECT = Type.Object({
  address: text,
  /** Of an object that another document spoke for: the address of that one. */
  from: optional(text),
  action: text,
  drift: optional(Type.Literal(true)),
  fields: Type.Array(text),
  /** Until the run has ended nothing is known. */
  status: optional(Type.Enum(['done', 'failed', 'skipped'])),
  /** Code of the error. */
  error: optional(text),
  /** SHA-256 of what the system showed, as canonical JSON (RFC 8785). */
  before: optional(sha256),
  after: optional(sha256),
  /** What was sent to change it: the operation, our `traceparent`, the answer and what the system calls the request. */
  requests: optional(
    Type.Array(Type.Object({ operation: text, trace: text, status: optional(Type.Integer()), id: optional(text) })),
  ),
})
export type ObjectRecord = Static<typeof OBJECT>

const WHO = Type.Object({ user: text, host: text, run: optional(text) })

const PREDICATE = Type.Object({
  /** Place in the chain, from 1, and SHA-256 of the line before; empty for the first. */
  sequence: Type.Integer({ minimum: 1 }),
  previous: Type.Union([sha256, Type.Literal('')]),
  /** Bytes of a line that a run before left unfinished; they were taken away. */
  torn: optional(Type.Integer({ minimum: 1 })),
  /** The records of one run: it has begun, and it has ended. */
  run: text,
  phase: Type.Enum(['begun', 'ended']),
  at: text,
  command: Type.Enum(['apply', 'destroy', 'pulumi', 'controller']),
  /** Project and environment; of a controller its name as an owner. */
  scope: text,
  who: WHO,
  /** Of `pulumi`: the stack. */
  stack: optional(text),
  /** Of `controller`: the version of the object of the cluster that asked for it. */
  cause: optional(Type.Object({ uid: text, generation: Type.Integer(), resourceVersion: text })),
  /** What was checked out, and whether the files were as it has them. */
  commit: optional(Type.Object({ id: text, changed: Type.Boolean() })),
  /** Who has agreed, e.g. to weaker logins. */
  approvedBy: Type.Array(text),
  /** Address of the change, e.g. of a pull request. */
  change: optional(text),
  /** What the plan was allowed beyond the project, by whoever planned it. */
  allowed: optional(Type.Object({ what: Type.Array(text), by: text })),
  /** SHA-256 of the documents, and of the plan. */
  documents: sha256,
  plan: sha256,
  objects: Type.Array(OBJECT),
})
export type Predicate = Static<typeof PREDICATE>

const PREDICATE_TYPE = 'https://plumbline.dev/evidence/apply/v1'
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** An in-toto Statement (v1): what was applied, and to which objects. */
export const STATEMENT = Type.Object({
  _type: Type.Literal(STATEMENT_TYPE),
  subject: Type.Array(Type.Object({ name: text, digest: Type.Object({ sha256 }) }), { minItems: 1 }),
  predicateType: Type.Literal(PREDICATE_TYPE),
  predicate: PREDICATE,
})
export type Statement = Static<typeof STATEMENT>

/** Its subjects are the plan, and the objects as they are afterwards. */
export const statementOf = (predicate: Predicate): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [
    { name: 'plan', digest: { sha256: predicate.plan } },
    ...predicate.objects.flatMap(({ address, after }) =>
      after === undefined ? [] : [{ name: address, digest: { sha256: after } }],
    ),
  ],
  predicateType: PREDICATE_TYPE,
  predicate,
})
