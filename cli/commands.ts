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
    init: { summary: 'create a project', load: () => import('./commands/init.ts') },
    validate: { summary: 'check documents without contacting a system', load: () => import('./commands/validate.ts') },
    plan: { summary: 'show what would change', load: () => import('./commands/plan.ts') },
    apply: {
      dangerous: true,
      summary: 'make systems match the documents',
      load: () => import('./commands/apply.ts'),
    },
    destroy: {
      dangerous: true,
      summary: 'remove everything that the project manages',
      load: () => import('./commands/destroy.ts'),
    },
    log: { summary: 'show the history of an object', load: () => import('./commands/log.ts') },
    drift: { summary: 'show what has drifted from the documents', load: () => import('./commands/drift.ts') },
    review: { summary: 'show how a change affects people', load: () => import('./commands/review.ts') },
    impact: { summary: 'count the users that a change affects', load: () => import('./commands/impact.ts') },
    posture: { summary: 'show which security rules the documents break', load: () => import('./commands/posture.ts') },
  },
  Documents: {
    fmt: { summary: 'format the files of a project', load: () => import('./commands/fmt.ts') },
    import: { summary: 'generate the document of an existing object', load: () => import('./commands/import.ts') },
    move: { summary: 'rename a document and what refers to it', load: () => import('./commands/move.ts') },
    graph: { summary: 'show which documents refer to which', load: () => import('./commands/graph.ts') },
    export: { summary: 'generate documents from a live system', load: () => import('./commands/export.ts') },
    'explain-kind': {
      summary: 'explain a kind or one of its fields',
      load: () => import('./commands/explain-kind.ts'),
    },
    explain: { summary: 'explain what a login demands and why', load: () => import('./commands/explain.ts') },
    schema: { summary: 'print the JSON Schema for editors', load: () => import('./commands/schema.ts') },
  },
  'The embedded identity service': {
    serve: { summary: 'run the identity service', load: () => import('./commands/serve.ts') },
    login: { summary: 'sign in to a tenant from the terminal', load: () => import('./commands/login.ts') },
    users: { summary: 'create the users of another system', load: () => import('./commands/users.ts') },
    'admin-key': {
      dangerous: true,
      summary: 'create or rotate the administrator key',
      load: () => import('./commands/admin-key.ts'),
    },
    audit: {
      summary: 'verify the audit log and the records of apply',
      load: () => import('./commands/audit.ts'),
    },
    backup: {
      summary: 'back up the identity service to a file',
      load: () => import('./commands/backup.ts'),
    },
    restore: { dangerous: true, summary: 'restore a backup', load: () => import('./commands/restore.ts') },
  },
  Kubernetes: {
    controller: { summary: 'run as a Kubernetes controller', load: () => import('./commands/controller.ts') },
    crds: { summary: 'print the Kubernetes CustomResourceDefinitions', load: () => import('./commands/crds.ts') },
  },
  'This machine': {
    inventory: { summary: 'move the inventory', load: () => import('./commands/inventory.ts') },
    completion: { summary: 'print a shell completion script', load: () => import('./commands/completion.ts') },
    doctor: { summary: 'check this machine and every connection', load: () => import('./commands/doctor.ts') },
    quickstart: { summary: 'run the guided example in examples/acme', load: () => import('./commands/quickstart.ts') },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Listed>>>>

/** Every command by its name. */
export const COMMANDS: Readonly<Record<string, Listed>> = Object.assign({}, ...Object.values(COMMAND_GROUPS))
