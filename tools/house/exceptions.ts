const KIND_AND_RECORD =
  'the kind of a document, and the record that the service keeps of it: one schema of the contract'
const PUBLISHED = 'the name that the library publishes, and what stands behind it'

/** Names that two files may export, and why. */
export const EXPORTED_TWICE: Readonly<Record<string, string>> = {
  ApiKey: KIND_AND_RECORD,
  Client: KIND_AND_RECORD,
  Organization: KIND_AND_RECORD,
  PasswordOrgConfig: KIND_AND_RECORD,
  SecurityConfiguration: KIND_AND_RECORD,
  Tenant: KIND_AND_RECORD,
  User: KIND_AND_RECORD,
  Project: PUBLISHED,
  ProjectOptions: PUBLISHED,
  apply: PUBLISHED,
  loadProject: PUBLISHED,
  plan: PUBLISHED,
  validate: PUBLISHED,
  argon2id: 'one function, for Node and for browsers',
  define: 'every command of the command line is defined by a function of this name',
}

const OF_A_KIND = 'made from a kind, which never changes, when somebody first asks'

/** What a module may keep, and why it is no state: nobody can see whether it is there. */
export const MEMORIES: Readonly<Record<string, string>> = {
  'config/caveats.ts byKind': OF_A_KIND,
  'config/field.ts FIELDS': 'made from a schema, which never changes, when somebody first asks',
  'config/kind.ts SPECS': OF_A_KIND,
  'config/references.ts EDGES': 'the references of a document, which never changes',
  'config/validate/compiler.ts compiler': 'the compiler of schemas is loaded when a document needs it',
  'config/validate/document.ts CHECKS': OF_A_KIND,
  'config/validate/rules.ts PARSED': OF_A_KIND,
  'controller/cache.ts DOCUMENTS': 'the document of an object of the cluster, which never changes',
  'identity/api/scim/patch-list.ts TERMS': 'made from a schema of SCIM, which never changes',
  'identity/crypto/derived-keys.ts derived': 'derived from a master key, which never changes',
  'identity/crypto/derived-keys.ts held': 'derived from a master key, which never changes',
  'identity/directory/scim/served-schemas.ts suggested': 'made from a schema of SCIM, which never changes',
  'identity/platform/contract/contracts.ts resolved': 'made from a schema of a contract, which never changes',
  'reconciler/retry.ts EXHAUSTED': 'a mark on an error, which lives as long as the error',
  'reconciler/secret-source.ts SECRETIVE': 'made from a schema, which never changes, when somebody first asks',
}

/** Where the environment may be read, and what for. */
export const EDGES: Readonly<Record<string, string>> = {
  cli: 'what a person runs',
  engine: 'finds programs on the PATH, and starts them with the environment that it has',
  library: 'programs that use the library, which need not hand their environment over',
  'providers/pulumi': 'what the Pulumi engine runs has no other way to be told',
  'config/load/parse.ts': 'hides the environment from the YAML parser, which looks into it at every token',
  'config/project/git.ts': 'git gets the environment of its parent, but for what points it elsewhere',
}
