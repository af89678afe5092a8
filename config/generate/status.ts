import type { Structural } from './structural.ts'

const text = (description: string, maxLength: number): Structural => ({ type: 'string', description, maxLength })
const time = (description: string): Structural => ({ type: 'string', format: 'date-time', maxLength: 64, description })

const condition: Structural = {
  type: 'object',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: text('Name of the condition.', 316),
    status: { type: 'string', enum: ['True', 'False', 'Unknown'], description: 'Whether it holds.' },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0, description: 'Generation it was judged on.' },
    reason: text('Machine-readable cause.', 1024),
    message: text('Cause for people. Never holds a secret.', 32_768),
    lastTransitionTime: time('When the status last changed.'),
  },
}

const difference: Structural = {
  type: 'object',
  required: ['op', 'path'],
  properties: {
    op: { type: 'string', enum: ['add', 'replace', 'remove'], description: 'What a correction would do.' },
    path: text('JSON Pointer into the spec.', 1024),
    from: text('Value in the system, as JSON; absent for secrets.', 4096),
    to: text('Value in the document, as JSON; absent for secrets.', 4096),
    secret: { type: 'boolean', description: 'The values are hidden.' },
    impact: {
      type: 'string',
      enum: ['tightens', 'weakens', 'neutral'],
      description: 'Effect on the safety of logins.',
    },
    severity: {
      type: 'string',
      enum: ['High', 'Medium', 'Low'],
      description: 'High: logins are weaker now than the document says. Low: they are stronger.',
    },
    class: {
      type: 'string',
      enum: ['Reported', 'Contested', 'Excepted'],
      description:
        'Reported: left alone because the document says so. Contested: corrected again and again in vain. Excepted: a DriftException lets it stand.',
    },
    until: text('Of what is excepted: the last day.', 10),
    reason: text('Of what is excepted: why.', 1000),
    firstSeen: time('When the difference was first found.'),
  },
}

const correction: Structural = {
  type: 'object',
  required: ['path', 'count', 'at'],
  properties: {
    path: text('JSON Pointer into the spec.', 1024),
    count: { type: 'integer', format: 'int32', minimum: 1, description: 'How often the field was corrected.' },
    at: time('When it was corrected last.'),
  },
}

const event: Structural = {
  type: 'object',
  required: ['at', 'action'],
  properties: {
    at: time('When it was done.'),
    action: text('What was done, e.g. create or update.', 64),
    generation: { type: 'integer', format: 'int64', minimum: 0, description: 'Generation that was applied.' },
    outcome: text('How it ended: done, or the code of the error.', 64),
    message: text('Detail for people. Never holds a secret.', 4096),
    paths: {
      type: 'array',
      maxItems: 100,
      items: text('JSON Pointer into the spec.', 1024),
      'x-kubernetes-list-type': 'atomic',
      description: 'Fields that changed.',
    },
  },
}

/** Status of every kind: conditions with kstatus meaning, the present drift, and the last actions. */
export const statusSchema: Structural = {
  type: 'object',
  description: 'What the controller knows; written by it alone.',
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: -1,
      description: 'Generation last reconciled; -1 before the first time.',
    },
    system: text('System that holds the object.', 64),
    externalId: text('Id of the object in the system.', 1024),
    conditions: {
      type: 'array',
      maxItems: 16,
      items: condition,
      description: 'Ready, Synced, Drifted, ReferencesResolved, Reconciling, Stalled.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
    drift: {
      type: 'array',
      maxItems: 100,
      items: difference,
      description: 'Differences found at the last observation.',
      'x-kubernetes-list-type': 'atomic',
    },
    corrections: {
      type: 'array',
      maxItems: 100,
      items: correction,
      description: 'Fields that were corrected although the document stayed the same.',
      'x-kubernetes-list-type': 'atomic',
    },
    lastReconcileRequest: text('Value of the annotation plumbline.dev/reconcile-request that was acted on last.', 1024),
    owned: {
      type: 'object',
      description: 'What the controller remembers of the object that it manages; for the controller alone.',
      'x-kubernetes-preserve-unknown-fields': true,
    },
    history: {
      type: 'array',
      maxItems: 20,
      items: event,
      description: 'Last actions, newest first.',
      'x-kubernetes-list-type': 'atomic',
    },
  },
}
