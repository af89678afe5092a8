import { Type } from 'typebox'
import { map, object, SAYS, type TSchema, text } from '../field.ts'
import { type Kind, specOf } from '../kind.ts'
import { API_VERSION } from '../resource.ts'
import { compileShape, type ShapeCheck } from './shape.ts'

const SUBDOMAIN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'
const LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
const LABEL_VALUE = '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'
const LABEL_KEY = '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$'

const name = text('Name of the document (DNS subdomain, RFC 1123).', {
  minLength: 1,
  maxLength: 253,
  pattern: SUBDOMAIN,
  [SAYS]: 'is not a name: use lower-case letters, digits, "-" and ".", with a letter or digit at both ends',
})
const namespace = text('Kubernetes namespace.', {
  minLength: 1,
  maxLength: 63,
  pattern: LABEL,
  [SAYS]: 'is not a namespace: use lower-case letters, digits and "-", with a letter or digit at both ends',
})
const keys = { propertyNames: { pattern: LABEL_KEY, maxLength: 317 }, maxProperties: 200 }
const labels = map(
  text('A label value.', {
    maxLength: 63,
    pattern: LABEL_VALUE,
    [SAYS]: 'is not a label value: use letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  }),
  'Labels.',
  keys,
)
const annotations = map(text('An annotation.', { maxLength: 262_144 }), 'Annotations.', keys)

/** Fields of ObjectMeta that the API server fills in; documents that come from a cluster have them. */
const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'ownerReferences',
  'finalizers',
  'generateName',
  'selfLink',
] as const

const metadata = object(
  {
    required: { name },
    optional: {
      namespace,
      labels,
      annotations,
      ...Object.fromEntries(SERVER_FIELDS.map((field) => [field, Type.Unknown()])),
    },
  },
  'Kubernetes ObjectMeta.',
)

/** Schema of a whole document of one kind; pointers into it start with `/metadata` and `/spec`. */
export function documentSchema(kind: Kind): TSchema {
  return object(
    {
      required: { apiVersion: Type.Literal(API_VERSION), kind: Type.Literal(kind.name), metadata, spec: specOf(kind) },
      optional: { status: Type.Unknown() },
    },
    '',
  )
}

const CHECKS = new WeakMap<Kind, ShapeCheck>()

/** The check of a kind's documents, compiled at first use. */
export function shapeCheckOf(kind: Kind): ShapeCheck {
  const found = CHECKS.get(kind)
  if (found) return found
  const check = compileShape(documentSchema(kind), kind.name)
  CHECKS.set(kind, check)
  return check
}
