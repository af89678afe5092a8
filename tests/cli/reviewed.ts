import { execFileSync } from 'node:child_process'
import { Project } from './project.ts'

/** The embedded service, asked without a credential. */
export const SERVICE = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: runtime}
spec: {system: SecretsVault, endpoint: embedded}
`

export const webTenant = (pinSize: number, more = ''): string => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec:
  connectionRef: {name: runtime}
  organizationRef: {name: acme}
  displayName: Web
  pin: {enabled: true, size: ${pinSize}}
  pattern: {enabled: false}
${more}`

/** Wants to send a secret of the pipeline to somebody. */
export const THIEF = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: thief}
spec:
  system: SecretsVault
  endpoint: http://127.0.0.1:9
  credentials: {apiKey: {fromEnv: AWS_SECRET_ACCESS_KEY}}
`

/** A project whose documents are committed on `main`, and whose checkout is the branch `change`. */
export async function branched(...documents: readonly string[]): Promise<Project> {
  const project = await Project.create(...documents)
  await project.write('.gitignore', '.plumbline\n')
  await project.git('init', '-q', '-b', 'main')
  await project.git('add', '-A')
  await project.git('commit', '-qm', 'base')
  await project.git('checkout', '-qb', 'change')
  return project
}

/** Commits what lies there; returns the commit. */
export async function committed(project: Project): Promise<string> {
  await project.git('add', '-A')
  await project.git('commit', '-q', '--allow-empty', '-m', 'change')
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project.folder, encoding: 'utf8' }).trim()
}
