import { choice, list, object, text } from '../field.ts'
import { defineKind, NAMESPACE } from '../kind.ts'

/** Kinds that others refer to; a grant opens these and nothing else. */
const TARGETS = { Connection: '', Organization: '', Tenant: '' } as const

/** Lets documents of other namespaces refer to documents of its own namespace, as in the Gateway API. */
export const ReferenceGrant = defineKind({
  name: 'ReferenceGrant',
  plural: 'referencegrants',
  shortNames: ['plgrant'],
  description: 'Lets documents of named other namespaces refer to documents of this one. Without it nobody can.',
  operations: [],
  shape: 'collection',
  scope: 'connection',
  key: (_spec, name) => name,
  references: [],
  deletion: [],
  rules: [],
  spec: object(
    {
      required: {
        from: list(
          object(
            {
              required: {
                namespace: text('Namespace of the documents that may refer.', NAMESPACE),
              },
              optional: {
                kind: text('Kind of the documents that may refer (default: every kind).', {
                  pattern: '^[A-Z][A-Za-z]*$',
                  maxLength: 63,
                }),
              },
            },
            'Who may refer.',
          ),
          'Who may refer.',
          { list: 'ordered', minItems: 1, maxItems: 100 },
        ),
        to: list(
          object(
            {
              required: { kind: choice(TARGETS, 'Kind of the documents that may be referred to.') },
              optional: {
                name: text('Name of the one document (default: all of the kind).', { minLength: 1, maxLength: 253 }),
              },
            },
            'What may be referred to.',
          ),
          'What may be referred to.',
          { list: 'ordered', minItems: 1, maxItems: 100 },
        ),
      },
    },
    'Who may refer to what in this namespace.',
  ),
})
