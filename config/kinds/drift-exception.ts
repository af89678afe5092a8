import { list, object, text } from '../field.ts'
import { defineKind } from '../kind.ts'

const line = (description: string) => text(description, { minLength: 1, maxLength: 1000 })

/** Lets drift of one object stand for a while; `config/exceptions.ts` finds those that are in force. */
export const DriftException = defineKind({
  name: 'DriftException',
  plural: 'driftexceptions',
  shortNames: ['pldex'],
  description: 'Lets a change that was made by hand stand until a day, with a reason and somebody who answers for it.',
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
        object: object(
          {
            required: {
              kind: text('Kind of the document.', { pattern: '^[A-Z][A-Za-z]*$', maxLength: 63 }),
              name: text('Name of the document, in the same namespace.', { minLength: 1, maxLength: 253 }),
            },
          },
          'The document whose object may differ.',
        ),
        until: text('Last day on which it counts (UTC): YYYY-MM-DD, in quotes.', {
          pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
          maxLength: 10,
        }),
        owner: line('Who answers for it.'),
        reason: line('Why.'),
      },
      optional: {
        fields: list(
          text('JSON Pointer into the spec.', { pattern: '^(/[^/]+)+$' }),
          'Fields that may differ (default: all of them, and the object may be gone).',
          { minItems: 1, maxItems: 100 },
        ),
      },
    },
    'What may differ, until when, and why.',
  ),
})
