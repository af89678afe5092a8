import { type Field, fieldsOf, isListSchema, isObjectSchema, itemOf, type TSchema } from '../field.ts'
import { type Kind, specOf } from '../kind.ts'
import { GROUP, VERSION } from './crd.ts'
import type { Structural } from './structural.ts'

const ADMISSION = { apiVersion: 'admissionregistration.k8s.io/v1' }
/** In a policy the document is `object`; the rules speak of its spec as `self`. */
const SPEC = 'variables.spec'

/**
 * One ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1) and its binding for each kind that has rules: those of
 * the kind, whatever version of its definition is installed, and what a cluster does not take though a project does.
 */
export function admissionPolicies(kinds: readonly Kind[]): readonly Structural[] {
  return kinds.flatMap((kind) => {
    const validations = [...kind.rules.map(ruleOf), ...clusterRules(kind)]
    return validations.length === 0 ? [] : [policyOf(kind, validations), bindingOf(kind)]
  })
}

const nameOf = ({ plural }: Kind): string => `${plural}.${GROUP}`

const policyOf = (kind: Kind, validations: readonly Structural[]): Structural => ({
  ...ADMISSION,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: nameOf(kind) },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [GROUP],
          apiVersions: [VERSION],
          operations: ['CREATE', 'UPDATE'],
          resources: [kind.plural],
        },
      ],
    },
    // What is there already can be labelled, paused and deleted, whatever its spec is like.
    matchConditions: [{ name: 'spec-changed', expression: 'oldObject == null || object.spec != oldObject.spec' }],
    variables: [{ name: 'spec', expression: 'object.spec' }],
    validations,
  },
})

const bindingOf = (kind: Kind): Structural => ({
  ...ADMISSION,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: nameOf(kind) },
  spec: { policyName: nameOf(kind), validationActions: ['Deny'] },
})

/** A policy sees documents without their schema: null is a value there, and absent for the rules. */
function ruleOf({ cel, message }: Kind['rules'][number]): Structural {
  const present = cel.replaceAll(/has\(([^()]+)\)/g, '(has($1) && $1 != null)')
  return { expression: present.replaceAll(/\bself\b/g, SPEC), message }
}

function clusterRules(kind: Kind): readonly Structural[] {
  const secrets = conditionsIn(specOf(kind), SPEC)
  return [
    ...(secrets.length === 0 ? [] : [{ expression: secrets.join(' && '), message: ONLY_SECRETS }]),
    ...(kind.produces === undefined ? [] : [deliveredToSecret(kind.produces)]),
  ]
}

const ONLY_SECRETS = 'environment and files are not read in a cluster; use fromSecret'

function deliveredToSecret(pointer: string): Structural {
  const place = SPEC + pointer.replaceAll('/', '.')
  return { expression: `!has(${place}) || has(${place}.secret)`, message: 'a file cannot be written from a cluster' }
}

/** That each secret in a value comes from a Secret. */
const conditionsIn = (schema: TSchema, path: string): readonly string[] =>
  fieldsOf(schema).flatMap((field) => {
    const place = `${path}.${field.name}`
    const inside = conditionsOn(field, place)
    return inside.length === 0 ? [] : [`(!has(${place}) || ${place} == null || (${inside.join(' && ')}))`]
  })

function conditionsOn({ schema, meta }: Field, place: string): readonly string[] {
  if (meta.secret) return [`has(${place}.fromSecret)`]
  if (isObjectSchema(schema)) return conditionsIn(schema, place)
  if (!isListSchema(schema)) return []
  const each = conditionsIn(itemOf(schema), 'item')
  return each.length === 0 ? [] : [`${place}.all(item, ${each.join(' && ')})`]
}
