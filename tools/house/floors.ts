/** One floor of the house: its folders may import each other's types and values only downwards, and never sideways in a circle. */
export interface Floor {
  readonly folder: string
  /** What lives there, for docs/architecture.md. */
  readonly holds: string
}

/**
 * The floors of the product, from the ground up. A file imports from its own floor and from those below it. What is not
 * listed (`identity/*.ts`, `bin/`) puts the parts together and may import all.
 */
export const FLOORS: readonly (readonly Floor[])[] = [
  [{ folder: 'config', holds: 'the language: kinds, loader, validation' }],
  [
    { folder: 'engine', holds: 'programs of others: found, downloaded or built' },
    { folder: 'reconciler', holds: 'diff, plan, apply, inventory, secrets' },
    { folder: 'identity/crypto', holds: 'hashes, derived keys, sealing' },
    { folder: 'identity/store', holds: 'documents in SQLite or PostgreSQL' },
  ],
  [
    { folder: 'providers', holds: 'five systems, the Pulumi provider' },
    { folder: 'evidence', holds: 'signed records of what was applied' },
    { folder: 'forge', holds: 'GitHub, Gitea, Forgejo: pull requests, comments, checks, webhooks' },
    { folder: 'identity/platform', holds: 'HTTP, contracts, jobs, mail, audit log, telemetry' },
  ],
  [{ folder: 'identity/proof', holds: 'the zero-knowledge protocol' }],
  [{ folder: 'identity/directory', holds: 'users, tenants, clients, keys, organizations, credentials' }],
  [{ folder: 'identity/settings', holds: 'state of the four vendor systems' }],
  [
    { folder: 'identity/policy', holds: 'what a login demands, and why' },
    { folder: 'identity/lockout', holds: 'failed attempts and blocks' },
  ],
  [{ folder: 'identity/frame', holds: 'what every page has: layout, texts, scripts, forms' }],
  [{ folder: 'identity/oidc', holds: 'the OpenID provider of a tenant' }],
  [{ folder: 'identity/login', holds: 'a login on its way: codes, sessions, records' }],
  [{ folder: 'identity/factors', holds: 'password, mailed code, passkey: verify and enrol' }],
  [{ folder: 'identity/federation', holds: 'signing in at another provider' }],
  [{ folder: 'identity/people', holds: 'people coming: invitations, activation, action tokens' }],
  [
    { folder: 'identity/accounts', holds: 'what ends with a user' },
    { folder: 'identity/access', holds: 'who makes a request, and their rights' },
  ],
  [{ folder: 'identity/api', holds: 'routes only: vault, scim, vendor, login, oidc, organizations' }],
  [{ folder: 'identity/pages', holds: 'login and account pages' }],
  [{ folder: 'controller', holds: 'the Kubernetes controller' }],
  [{ folder: 'review', holds: 'what a change does to people, before it is made' }],
  [{ folder: 'library', holds: 'what the package for programs offers: load, plan, apply' }],
  [{ folder: 'posture', holds: 'how a project stands against a baseline and its own rules' }],
  [{ folder: 'impact', holds: 'how many users a change concerns' }],
  [{ folder: 'signin', holds: 'a person who signs in without a browser' }],
  [{ folder: 'shadow', holds: 'real logins at a service of its own, before and after a change' }],
  [{ folder: 'cli', holds: 'one file per command' }],
]
