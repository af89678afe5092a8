import { type Kind, type Rule, specOf } from '../kind.ts'
import { API_VERSION } from '../resource.ts'
import { statusSchema } from './status.ts'
import { type Structural, structural } from './structural.ts'

export const [GROUP = '', VERSION = ''] = API_VERSION.split('/')

/** The custom resource definition (apiextensions.k8s.io/v1) of a kind, as plain JSON. */
export function crdOf(kind: Kind): Structural {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: {
        kind: kind.name,
        listKind: `${kind.name}List`,
        plural: kind.plural,
        singular: kind.name.toLowerCase(),
        shortNames: [...kind.shortNames],
        categories: ['plumbline'],
      },
      scope: 'Namespaced',
      versions: [versionOf(kind)],
    },
  }
}

function versionOf(kind: Kind): Structural {
  return {
    name: VERSION,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columnsOf(kind),
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description: kind.description,
        required: ['spec'],
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: { type: 'object' },
          spec: specSchema(kind),
          // Until a controller has looked at it, nobody takes an object for done (kstatus).
          status: { ...statusSchema, default: { observedGeneration: -1 } },
        },
      },
    },
  }
}

function specSchema(kind: Kind): Structural {
  const rules = kind.rules.map(validationOf)
  return { ...structural(specOf(kind)), ...(rules.length > 0 ? { 'x-kubernetes-validations': rules } : {}) }
}

function validationOf({ cel, message, at }: Rule): Structural {
  const fieldPath = at.replaceAll('/', '.')
  return { rule: cel, message, ...(fieldPath === '' ? {} : { fieldPath }) }
}

const conditionColumn = (type: string) => ({
  name: type,
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=="${type}")].status`,
})

/** With `-o wide`: why it is not in step. */
const readyDetail = (what: string) => ({
  name: what === 'reason' ? 'Reason' : 'Message',
  type: 'string',
  priority: 1,
  jsonPath: `.status.conditions[?(@.type=="Synced")].${what}`,
})

/** A Connection says its system in the spec; managed kinds learn it from the controller. */
function columnsOf(kind: Kind): readonly Structural[] {
  const systemPath = 'system' in specOf(kind).properties ? '.spec.system' : '.status.system'
  return [
    ...['Ready', 'Synced', 'Drifted'].map(conditionColumn),
    { name: 'System', type: 'string', jsonPath: systemPath },
    { name: 'External ID', type: 'string', jsonPath: '.status.externalId' },
    ...['reason', 'message'].map(readyDetail),
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ]
}
