import type { Command } from 'commander'

export interface Listed {
  readonly summary: string
  /** Imported only when it runs, so that `--help` is quick. */
  readonly load: () => Promise<{ readonly define: (command: Command) => void }>
  /** It changes or ends what is there: nobody is pointed to it by a guess. */
  readonly dangerous?: true
}

/** Every command by its name, under the headings of `--help`. */
export const COMMAND_GROUPS = {
  'Everyday work': {
    init: { summary: 'begin a project', load: () => import('./commands/init.ts') },
    validate: { summary: 'check documents; nothing is sent', load: () => import('./commands/validate.ts') },
    plan: { summary: 'show what would change', load: () => import('./commands/plan.ts') },
    apply: {
      dangerous: true,
      summary: 'make the systems agree with the documents',
      load: () => import('./commands/apply.ts'),
    },
    destroy: {
      dangerous: true,
      summary: 'end everything that the project manages',
      load: () => import('./commands/destroy.ts'),
    },
    log: { summary: 'tell the history of one object', load: () => import('./commands/log.ts') },
    drift: { summary: 'show what was changed behind the documents', load: () => import('./commands/drift.ts') },
    review: { summary: 'show what a change does to people', load: () => import('./commands/review.ts') },
    impact: { summary: 'count the users whom a change concerns', load: () => import('./commands/impact.ts') },
    posture: { summary: 'show which security rules the documents break', load: () => import('./commands/posture.ts') },
  },
  Documents: {
    fmt: { summary: 'put the files of a project into one form', load: () => import('./commands/fmt.ts') },
    import: { summary: 'write the document of an object that exists', load: () => import('./commands/import.ts') },
    move: { summary: 'rename a document and what refers to it', load: () => import('./commands/move.ts') },
    graph: { summary: 'show which documents refer to which', load: () => import('./commands/graph.ts') },
    export: { summary: 'write documents of what a system has', load: () => import('./commands/export.ts') },
    'explain-kind': {
      summary: 'explain a kind or one of its fields',
      load: () => import('./commands/explain-kind.ts'),
    },
    explain: { summary: 'explain what a login demands and why', load: () => import('./commands/explain.ts') },
    schema: { summary: 'print the JSON Schema for editors', load: () => import('./commands/schema.ts') },
  },
  'The embedded identity service': {
    serve: { summary: 'serve the identity runtime over HTTP', load: () => import('./commands/serve.ts') },
    login: { summary: 'sign in to a tenant from the terminal', load: () => import('./commands/login.ts') },
    'admin-key': {
      dangerous: true,
      summary: 'make or replace the administrator key',
      load: () => import('./commands/admin-key.ts'),
    },
    audit: {
      summary: 'check the audit log of the identity runtime, and the records of apply',
      load: () => import('./commands/audit.ts'),
    },
    backup: {
      summary: 'write the store of the identity runtime to a file',
      load: () => import('./commands/backup.ts'),
    },
    restore: { dangerous: true, summary: 'put a backup into a store', load: () => import('./commands/restore.ts') },
  },
  Kubernetes: {
    controller: { summary: 'run as a Kubernetes controller', load: () => import('./commands/controller.ts') },
    crds: { summary: 'print the Kubernetes resource definitions', load: () => import('./commands/crds.ts') },
  },
  'This machine': {
    inventory: { summary: 'move what was applied to another inventory', load: () => import('./commands/inventory.ts') },
    completion: { summary: 'print the completion script of a shell', load: () => import('./commands/completion.ts') },
    doctor: { summary: 'check this machine and every connection', load: () => import('./commands/doctor.ts') },
    quickstart: { summary: 'run the main job on examples/acme', load: () => import('./commands/quickstart.ts') },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Listed>>>>

/** Every command by its name. */
export const COMMANDS: Readonly<Record<string, Listed>> = Object.assign({}, ...Object.values(COMMAND_GROUPS))
