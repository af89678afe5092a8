import { Type } from 'typebox'
import type { Action } from '../../reconciler/model.ts'
import { ACTION_WORDS } from '../report/change.ts'

const optional = Type.Optional
const text = Type.String()
export const TEXT_LIST = Type.Array(text)
const anything = Type.Unknown()
const place = { file: optional(text), line: optional(Type.Integer()) }

const address = Type.String({ description: 'Kind/name of a document' })
const pointer = Type.String({ description: 'RFC 6901 JSON Pointer' })
export const COUNT = Type.Integer({ minimum: 0 })
export const TIME = Type.String({ description: 'RFC 3339' })
const impact = Type.Enum(['tightens', 'weakens', 'neutral'])
const action = Type.Unsafe<Action>({ type: 'string', enum: Object.keys(ACTION_WORDS) })

const complaint = {
  severity: Type.Enum(['error', 'warning']),
  code: Type.String({ description: 'one of docs/troubleshooting.md' }),
  message: text,
  file: optional(text),
  line: optional(Type.Integer()),
  column: optional(Type.Integer()),
  resource: optional(address),
  pointer: optional(pointer),
}
const DIAGNOSTIC = Type.Object(complaint)

/** A mistake, and the environments that have it. */
export const TOLD = Type.Object({
  ...complaint,
  environments: Type.Optional(Type.Array(text, { description: 'absent: all that were checked' })),
})

const ERROR = Type.Object({ code: text, message: text, help: optional(text) })

export const FAILURE = Type.Object(
  { error: ERROR, diagnostics: optional(Type.Array(DIAGNOSTIC)) },
  { description: 'any command that ends before it has a result' },
)

const change = {
  op: Type.Enum(['add', 'replace', 'remove']),
  path: pointer,
  from: optional(anything),
  to: optional(anything),
  secret: optional(Type.Literal(true)),
  createOnly: optional(Type.Literal(true)),
  impact,
}

const STEP = Type.Object({
  action,
  address,
  kind: text,
  connection: text,
  key: text,
  tenant: optional(text),
  id: optional(text),
  changes: Type.Array(Type.Object(change)),
  excepted: optional(
    Type.Array(Type.Object({ ...change, until: Type.String({ description: 'YYYY-MM-DD, UTC' }), reason: text }), {
      description: 'what a DriftException lets stand',
    }),
  ),
  from: optional(address),
  drift: optional(Type.Literal(true)),
  because: optional(text),
  code: optional(text),
  needs: Type.Array(address),
  ...place,
})

export const PLAN = Type.Object({
  steps: Type.Array(STEP),
  finalize: Type.Array(text, { description: 'Connections whose final action runs at the end' }),
  orphans: Type.Array(address),
  diagnostics: Type.Array(DIAGNOSTIC),
  digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
})

export const DRIFT = Type.Object({
  at: TIME,
  inSync: COUNT,
  drifted: Type.Array(STEP),
  excepted: Type.Array(STEP),
  missing: Type.Array(STEP),
  orphaned: Type.Array(address),
  unknown: Type.Array(DIAGNOSTIC),
  proposals: optional(
    Type.Array(
      Type.Object({
        connection: text,
        what: Type.Enum([
          'opened',
          'updated',
          'unchanged',
          'changed by hand',
          'reverting',
          'declined',
          'withdrawn',
          'nothing to write',
        ]),
        url: optional(text),
        left: Type.Array(Type.Object({ address, pointer: optional(pointer), why: text })),
      }),
      { description: 'with `--propose`: what became of the pull request of each Connection' },
    ),
  ),
})

export const HISTORY = Type.Array(
  Type.Object({
    at: TIME,
    what: Type.Enum(['committed', 'applied', 'drift corrected', 'failed', 'skipped', 'interrupted']),
    by: text,
    commit: optional(text),
    text,
    approvedBy: optional(Type.Array(text)),
    change: optional(text),
  }),
)

export const OUTCOMES = Type.Array(
  Type.Object({
    address,
    action,
    status: Type.Enum(['done', 'failed', 'skipped']),
    error: optional(ERROR),
  }),
)

export const CHECKS = Type.Array(
  Type.Object({ status: Type.Enum(['ok', 'warn', 'fail']), subject: text, message: text, help: optional(text) }),
)

export const DOCUMENT = Type.Object({
  apiVersion: text,
  kind: text,
  metadata: Type.Object({ name: text }),
  spec: Type.Record(Type.String(), anything),
})

export const FIELD = Type.Object({
  path: text,
  type: text,
  required: Type.Boolean(),
  serverDefault: text,
  notes: TEXT_LIST,
  description: text,
  wire: optional(text),
})

const SOURCE = Type.Object({
  system: optional(text),
  kind: text,
  pointer,
  value: anything,
  written_in: Type.Union([text, Type.Null()], { description: 'Kind/name, file:line' }),
})
const orNull = Type.Union([text, Type.Null()])

const POLICY_FIELDS = {
  tenant_id: text,
  organization_id: orNull,
  client_id: orNull,
  username: orNull,
  user_id: orNull,
  enrolled: TEXT_LIST,
  possible: Type.Boolean(),
  decisions: Type.Array(
    Type.Object({
      decision: text,
      value: anything,
      by: Type.Array(SOURCE),
      weaker: Type.Array(Type.Object({ value: anything, source: SOURCE })),
    }),
  ),
}

/** With `--what-if` the answer with its documents applied, and what holds today beside it. */
export const LOGIN_POLICY = Type.Object({
  ...POLICY_FIELDS,
  what_if: optional(
    Type.Object({
      folder: text,
      today: Type.Union([Type.Object(POLICY_FIELDS), Type.Null()], { description: 'null: no such tenant or client' }),
      changed: Type.Union([TEXT_LIST, Type.Null()], { description: 'decisions that are otherwise than today' }),
    }),
  ),
})

const PLACE = Type.Object({ address, pointer, ...place })
const causes = Type.Array(PLACE)

/** Users of tenants, counted by what happens to them. */
const USERS_CONCERNED = Type.Array(
  Type.Object({
    tenant: text,
    users: Type.Optional(Type.Integer({ minimum: 0, description: 'absent: unknown' })),
    because: optional(text),
    effects: Type.Array(Type.Object({ what: text, count: COUNT, causes, ids: optional(TEXT_LIST) })),
  }),
)

export const REVIEW = Type.Object({
  base: text,
  verdict: Type.Enum(['nothing', 'safe', 'weakens', 'locks out', 'broken']),
  project: Type.Array(Type.Object({ text, place: PLACE })),
  environments: Type.Array(
    Type.Object({
      environment: optional(text),
      comparedWith: optional(text),
      diagnostics: Type.Array(DIAGNOSTIC),
      documents: Type.Array(
        Type.Object({
          what: Type.Enum(['added', 'removed', 'changed', 'moved']),
          address,
          before: optional(address),
          objects: TEXT_LIST,
          prune: optional(Type.Enum(['forget', 'delete', 'reset'])),
          fields: Type.Array(
            Type.Object({ pointer, from: optional(anything), to: optional(anything), impact, ...place }),
          ),
          ...place,
        }),
      ),
      reach: Type.Array(Type.Object({ text, place: PLACE })),
      policy: Type.Array(Type.Object({ tenant: text, text, impact, causes })),
      lockouts: Type.Array(Type.Object({ tenant: text, text, causes, mend: optional(text) })),
      live: optional(
        Type.Union([Type.Object({ plan: PLAN, people: USERS_CONCERNED }), Type.Object({ failure: ERROR })]),
      ),
    }),
  ),
})

export const POSTURE = Type.Object({
  day: Type.String({ description: 'YYYY-MM-DD, UTC' }),
  environments: Type.Array(
    Type.Object({
      environment: optional(text),
      findings: Type.Array(
        Type.Object({
          rule: text,
          says: text,
          source: optional(text),
          subject: Type.String({ description: 'id of a tenant, or Kind/name of a document' }),
          standing: Type.Enum(['holds', 'violates', 'excepted', 'does not apply']),
          who: optional(text),
          causes,
          exception: optional(Type.Object({ owner: text, until: text, reason: text })),
        }),
      ),
    }),
  ),
})

export const IMPACT = Type.Object({ tenants: USERS_CONCERNED })
