import { type Static, Type } from 'typebox'
import * as parts from './shapes.ts'

const text = Type.String()
const files = Type.Object({ folder: text, files: parts.TEXT_LIST })
const rows = Type.Object({ rows: parts.COUNT, file: text })
const counts = Type.Record(Type.String(), parts.COUNT)

/** What each command prints with `--format json` when it has a result: one value of this schema. */
export const RESULTS = {
  init: files,
  validate: Type.Object({
    documents: parts.COUNT,
    environments: parts.TEXT_LIST,
    diagnostics: Type.Array(parts.TOLD),
  }),
  plan: parts.PLAN,
  apply: Type.Object({
    outcomes: parts.OUTCOMES,
    notCreated: Type.Optional(Type.String({ description: 'what `--not-created` has settled' })),
  }),
  destroy: Type.Object({ outcomes: parts.OUTCOMES }),
  review: parts.REVIEW,
  'review serve': Type.Object({ url: text }),
  impact: parts.IMPACT,
  posture: parts.POSTURE,
  drift: parts.DRIFT,
  log: parts.HISTORY,
  export: Type.Array(parts.DOCUMENT),
  import: parts.DOCUMENT,
  fmt: Type.Object({ files: parts.COUNT, changed: parts.TEXT_LIST }),
  move: Type.Object({ from: text, to: text, files: parts.TEXT_LIST }),
  graph: Type.Object({ nodes: parts.TEXT_LIST, edges: Type.Array(Type.Object({ from: text, to: text })) }),
  'inventory copy': Type.Object({ objects: parts.COUNT }),
  'explain-kind': Type.Union(
    [
      Type.Object({ kind: text, description: text, fields: Type.Array(parts.FIELD) }),
      Type.Array(Type.Object({ kind: text, system: Type.Optional(text), description: text })),
    ],
    { description: 'a kind with its fields; without an argument every kind' },
  ),
  'explain login': parts.LOGIN_POLICY,
  schema: Type.Record(Type.String(), Type.Unknown(), {
    description: 'the JSON Schema itself; with `--out` {folder, files}',
  }),
  crds: Type.Union([Type.Array(Type.Record(Type.String(), Type.Unknown())), files], {
    description: 'the definitions; with `--out` {folder, files}',
  }),
  serve: Type.Object({
    url: text,
    metricsUrl: Type.Optional(text),
    adminKey: Type.Optional(Type.String({ description: 'at the first start only' })),
  }),
  login: Type.Object({
    issuer: text,
    client_id: text,
    username: Type.Optional(text),
    sub: text,
    acr: Type.Optional(text),
    amr: Type.Optional(parts.TEXT_LIST),
    auth_time: parts.TIME,
    expires_at: parts.TIME,
    scope: Type.Optional(text),
    access_token: Type.Optional(Type.String({ description: 'with `--token`' })),
  }),
  'users import': Type.Object({ created: parts.COUNT, taken: parts.TEXT_LIST }),
  'admin-key create': Type.Object({ key: text }),
  'admin-key rotate': Type.Object({ file: text, formerUntil: parts.TIME }),
  'audit verify': parts.CHECKS,
  backup: rows,
  restore: rows,
  controller: Type.Object({ ended: Type.String({ description: 'the signal that has ended it' }) }),
  completion: Type.Object({ shell: text, script: text }),
  doctor: parts.CHECKS,
  quickstart: Type.Object({
    engine: text,
    url: text,
    documents: parts.COUNT,
    up: counts,
    changed: Type.Object({ request: text, field: text, from: Type.Unknown(), to: Type.Unknown() }),
    drift: parts.DRIFT,
    corrected: counts,
  }),
} as const

export type ResultName = keyof typeof RESULTS

/** A result whose lists and fields nobody changes any more. */
type Finished<T> = T extends readonly (infer Item)[]
  ? readonly Finished<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Finished<T[K]> }
    : T

/** The value of a command's result. */
export type Result<N extends ResultName> = Finished<Static<(typeof RESULTS)[N]>>
