import { Schema } from 'yaml'

/** YAML 1.2, core schema, nothing else. One schema serves all documents, since building it costs more than reading one. */
export const YAML_OPTIONS = {
  version: '1.2',
  schema: new Schema({ schema: 'core', merge: false, resolveKnownTags: false }),
  stringKeys: true,
  prettyErrors: false,
  // Pairwise in the library; `convert.ts` finds duplicates in one pass.
  uniqueKeys: false,
  logLevel: 'silent',
} as const
