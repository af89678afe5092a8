import { type Static, Type } from 'typebox'
import { list, map, object, text } from '../field.ts'
import { API_VERSION } from '../resource.ts'

const PATH = { minLength: 1, maxLength: 4096 }
const path = text('File or folder, relative to the project file.', PATH)
const variables = map(
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
  'Values by the name that documents use for them.',
  { maxProperties: 1000 },
)

/** Changes that need the project's consent before a plan may hold them. */
export const ALLOWABLE = ['delete', 'replace', 'empty'] as const

const environment = object(
  {
    optional: {
      variables,
      overlays: list(path, 'Documents that are merged over those of the project (RFC 7396).', { maxItems: 100 }),
      envFiles: list(path, 'Files of NAME=value lines with the values of fromEnv.', { maxItems: 100 }),
    },
  },
  'What differs in one environment.',
)

const allowed = object(
  {
    optional: {
      env: list(
        text('Name; * stands for any characters.', { pattern: '^[A-Za-z_*][A-Za-z0-9_*]*$', maxLength: 253 }),
        'Environment variables (default: all but well-known ones of other tools, e.g. AWS_*).',
        { maxItems: 1000 },
      ),
      files: list(path, 'Folders of secret files (default: that of the project).', { maxItems: 100 }),
    },
  },
  'What may be read as a secret.',
)

const breakGlass = object(
  {
    required: {
      role: text('Role of the accounts.', { minLength: 1, maxLength: 128 }),
      method: Type.Enum(['Password', 'Passkey', 'Pin', 'Pattern'], {
        type: 'string',
        description: 'The one method that they have at hand.',
      }),
    },
    optional: {
      tenants: list(text('Id of a tenant.', { minLength: 1, maxLength: 253 }), 'Where (default: every tenant).', {
        maxItems: 1000,
      }),
    },
  },
  'A class of accounts for emergencies.',
)

const NAME = { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 63 }
const cel = (description: string) => text(description, { minLength: 1, maxLength: 10_000 })
const line = (description: string) => text(description, { minLength: 1, maxLength: 1000 })

const postureRule = object(
  {
    required: {
      id: text('Id of the rule.', NAME),
      says: line('What holds, for people.'),
      cel: cel('True where the rule holds (Common Expression Language).'),
    },
    optional: {
      about: text('Login, or a kind whose documents the rule is about as `self` (default: Login).', { maxLength: 63 }),
      when: cel('True where the rule applies (default: everywhere).'),
      source: line('Standard or policy that demands it.'),
    },
  },
  'A rule of the project, beside the built-in ones.',
)

const postureException = object(
  {
    required: {
      rule: text('Id of the rule that may be broken.', NAME),
      owner: line('Who answers for it.'),
      until: text('Last day on which it counts: YYYY-MM-DD, in quotes.', { pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
      reason: line('Why.'),
    },
    optional: {
      subject: line('Id of a tenant, or Kind/name of a document (default: all).'),
      environment: text('Environment (default: all).', { maxLength: 100 }),
    },
  },
  'Lets a rule be broken until a day.',
)

const posture = object(
  {
    optional: {
      rules: list(postureRule, 'Rules of the project.', { maxItems: 1000 }),
      without: list(text('Id of a built-in rule.', NAME), 'Built-in rules that are not asked.', { maxItems: 100 }),
      exceptions: list(postureException, 'What may be broken for a while.', { maxItems: 1000 }),
    },
  },
  'What the documents have to hold to; `plumbline posture` tells how they stand.',
)

/** The project file. It is no resource: it says where documents are and how they are applied. */
export const projectSchema = object(
  {
    required: {
      apiVersion: Type.Literal(API_VERSION),
      kind: Type.Literal('Project'),
      name: text('Name of the project.', { minLength: 1, maxLength: 100 }),
      paths: list(path, 'Where the documents are.', { minItems: 1, maxItems: 1000, list: 'ordered' }),
    },
    optional: {
      defaultEnvironment: text('Environment that is used unless another is named.', { maxLength: 100 }),
      environments: map(environment, 'Environments by name.', { maxProperties: 100 }),
      variables,
      runtime: object(
        {
          optional: {
            store: text('postgres:// URL, or the folder of the embedded store.', PATH),
            dataFolder: text('Folder of keys and of the embedded store.', PATH),
          },
        },
        'The embedded runtime.',
      ),
      guards: object(
        {
          optional: {
            maxDeleteShare: Type.Number({
              minimum: 0,
              maximum: 1,
              description: 'Largest share of objects that one plan may delete or replace.',
            }),
            breakGlass: list(breakGlass, 'Accounts that have to get in whatever happens.', { maxItems: 100 }),
            allow: list(Type.Enum([...ALLOWABLE], { type: 'string' }), 'Changes that need consent.', { maxItems: 10 }),
          },
        },
        'What a plan may hold.',
      ),
      posture,
      inventory: text('Where is recorded what was applied: a file, or a postgres:// URL without a password.', PATH),
      secrets: object(
        { optional: { allow: allowed } },
        'Which secrets documents may name. It counts as it is in the revision that is trusted.',
      ),
    },
  },
  'The project file plumbline.yaml.',
)

/** A project file as it is written; every path is relative to it. */
export type ProjectFile = Static<typeof projectSchema>
