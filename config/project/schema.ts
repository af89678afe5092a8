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
            allow: list(Type.Enum([...ALLOWABLE], { type: 'string' }), 'Changes that need consent.', { maxItems: 10 }),
          },
        },
        'What a plan may hold.',
      ),
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
