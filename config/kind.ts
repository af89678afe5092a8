import { choice, IN_ADDRESS, list, object, SAYS, type Static, type TObject, text } from './field.ts'

export type SystemName = 'SecretsVault' | 'Pigello' | 'OneWelcomeCim' | 'SailPoint' | 'Navixy'

/** What happens in the system when a document leaves the desired state. */
export type DeletionPolicy = 'Retain' | 'Delete' | 'Reset'

/** A rule across fields of one spec, in CEL: the command line and the API server evaluate the same text over `self` (the spec). */
export interface Rule {
  /** CEL that is true for a good spec. Absent fields must be guarded with `has()`; `self` is made by `ruleInput`. */
  readonly cel: string
  readonly message: string
  /** Pointer into the spec that the message is about. */
  readonly at: string
  /**
   * The rule is that `at` must not be there. A system may return it all the same, and no document could take it away,
   * so only a document that names it breaks the rule.
   */
  readonly forbids?: true
}

/** The items of a keyed list have different keys. `at` points to the list, e.g. `/saml/authenticationLevelMappings`. */
export function uniqueBy(at: string, key: string): Rule {
  const names = at.split('/').slice(1)
  const paths = names.map((_, i) => `self.${names.slice(0, i + 1).join('.')}`)
  const list = paths.at(-1)
  return {
    cel: `${paths.map((path) => `!has(${path})`).join(' || ')} || ${list}.all(a, ${list}.exists_one(b, b.${key} == a.${key}))`,
    message: `two items have the same ${key}`,
    at,
  }
}

/** A field of this kind that names another document. */
export interface Reference {
  /** Pointer into the spec, e.g. `/tenantRef`. */
  readonly at: string
  readonly kind: string
  /** The system keeps the relation, so it is compared and written like a value (as `{id}`). */
  readonly stored?: true
}

/** All that the rest of the code needs to know about one kind, in one value. Field rules live in the schema. */
export interface Kind<S extends TObject = TObject> {
  readonly name: string
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly description: string
  /** Absent: the kind configures Plumbline itself and is never sent anywhere. */
  readonly system?: SystemName
  /** The contract operations that carry it, for the reference page. */
  readonly operations: readonly string[]
  /** Own fields; the common ones are added by `specOf`. */
  readonly spec: S
  /** `singleton`: one per connection. `collection`: found by its key. `serverId`: found again by the id only. */
  readonly shape: 'singleton' | 'collection' | 'serverId'
  /** What a key is unique within. */
  readonly scope: 'connection' | 'tenant'
  /** Natural key inside the scope; `name` is the document's own name. Empty for a singleton. */
  key(spec: Static<S>, name: string): string
  /** The system takes natural keys that differ only in letter case for one. */
  readonly caseless?: true
  /** The system can change the natural key of an object, which it knows by its id. Where it cannot, another key is another object. */
  readonly renamable?: true
  readonly references: readonly Reference[]
  readonly deletion: readonly DeletionPolicy[]
  readonly rules: readonly Rule[]
  /** Only ever read: there is no operation that writes it. */
  readonly observeOnly?: true
  /** Field (pointer) that says where a value goes which the system shows once; a missing delivery is a difference. */
  readonly produces?: string
  /** Rank among the writes of one connection that writes one at a time; lower goes first (default 0). */
  order?(spec: Static<S>): number
  /** A document owns some fields of an object that is shared with others; deleting takes those fields away only. */
  readonly partial?: true
  /** Writing it overwrites what other documents of the kind wrote through the same connection, so they follow again. */
  overwrites?(spec: Static<S>): boolean
  /** What of the system only one document of a connection may describe, besides its own object, e.g. `user 7`. */
  exclusive?(spec: Static<S>): readonly string[]
  /** Lists of natural keys of objects of the same tenant, which have to be there first. */
  readonly names?: readonly Reference[]
  /** A change of it needs the connection's final action, e.g. the extension reload of CIM. */
  readonly finalize?: true
}

/** A spec as rules see it: null counts as absent, as it does in Kubernetes, so that `has()` means the same everywhere. */
export function ruleInput(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ruleInput)
  if (typeof value !== 'object' || value === null) return value
  const present = Object.entries(value).filter(([, v]) => v !== null)
  return Object.fromEntries(present.map(([k, v]) => [k, ruleInput(v)]))
}

export function defineKind<S extends TObject>(kind: Kind<S>): Kind<S> {
  return kind
}

const NAME = { minLength: 1, maxLength: 253 }
/** Name of a Kubernetes namespace: a DNS label (RFC 1123). */
export const NAMESPACE = { pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 }
const LOCAL = { local: true } as const

const REFERENCE_FORMS = [{ required: ['name'] }, { required: ['id'], not: { required: ['namespace'] } }]

/** Names another document (`name`), or an object that no document here describes (`id`, its natural key in the system). */
export const reference = (description: string, extra: { readonly createOnly?: true } = {}) =>
  object(
    {
      optional: {
        name: text('Name of the document.', NAME),
        id: text('Natural key of an object that no document describes.', { ...NAME, ...IN_ADDRESS }),
        namespace: text('Namespace of the document, where it is another one; a ReferenceGrant there has to allow it.', {
          ...NAMESPACE,
        }),
      },
    },
    description,
    {
      ...LOCAL,
      ...extra,
      oneOf: REFERENCE_FORMS,
      [SAYS]: 'give exactly one of name, id; a namespace goes with a name',
    },
  )

const ADOPTION = { CreateOnly: '', AdoptOrCreate: '', AdoptOnly: '' } as const
const MANAGEMENT = { Full: '', Observe: '', Paused: '' } as const
const DRIFT_MODE = { Correct: '', Report: '', Ignore: '' } as const

/** Fields that every managed document has. They steer Plumbline and never travel. */
const commonFields = {
  externalRef: object(
    { required: { id: text('Id in the system of the object to adopt.', { ...NAME, ...IN_ADDRESS }) } },
    'An existing object that this document takes over.',
    LOCAL,
  ),
  adoption: choice(ADOPTION, 'Whether an existing object may be taken over (default AdoptOrCreate).', LOCAL),
  management: choice(MANAGEMENT, 'Full enforces, Observe only reads, Paused does nothing (default Full).', LOCAL),
  drift: object(
    {
      optional: {
        mode: choice(DRIFT_MODE, 'What happens when the system differs from the document (default Correct).'),
        interval: text('How often the controller looks, e.g. 5m.', { pattern: '^[1-9][0-9]*(s|m|h)$', maxLength: 12 }),
        ignore: list(text('JSON Pointer into the spec.', { pattern: '^(/[^/]+)+$' }), 'Fields that may differ.'),
      },
    },
    'How drift is treated.',
    LOCAL,
  ),
} as const

const connectionRef = reference('The Connection through which the object is managed.', { createOnly: true })
export const tenantRef = reference('The Tenant that the object belongs to.', { createOnly: true })
export const organizationRef = reference('The Organization that the object belongs to.')

const SPECS = new WeakMap<object, TObject>()

/** The whole spec of a kind: own fields, common fields, and the deletion policies it supports. */
export function specOf(kind: Kind): TObject {
  const found = SPECS.get(kind)
  if (found) return found
  const built = kind.system === undefined ? kind.spec : withCommonFields(kind)
  SPECS.set(kind, built)
  return built
}

function withCommonFields(kind: Kind): TObject {
  const policies = Object.fromEntries(kind.deletion.map((p) => [p, '']))
  const deletionPolicy = choice(
    policies,
    'What happens to the object when the document goes away (default Retain).',
    LOCAL,
  )
  const extra = object({ required: { connectionRef }, optional: { ...commonFields, deletionPolicy } }, '')
  const required = [
    ...((extra as { required?: string[] }).required ?? []),
    ...((kind.spec as { required?: string[] }).required ?? []),
  ]
  return { ...kind.spec, properties: { ...extra.properties, ...kind.spec.properties }, required } as unknown as TObject
}
