/** Which secrets documents may name. */
export interface AllowedSecrets {
  /** Names of environment variables; `*` stands for any characters. Absent: every name that no other tool is known to use. */
  readonly env?: readonly string[]
  /** Absolute folders. */
  readonly files: readonly string[]
}

/**
 * Credentials of clouds, forges, registries and machines that lie in the environment of many pipelines. A document that
 * names one is more often an attack than a wish, so the project file has to name it, too.
 */
const OF_OTHERS: readonly string[] = [
  ...['ACTIONS_*', 'ANTHROPIC_*', 'ARM_*', 'AWS_*', 'AZURE_*', 'BITBUCKET_*', 'BUILDKITE_*', 'CI_*', 'CIRCLE_*'],
  ...['CLOUDFLARE_*', 'CLOUDSDK_*', 'CODECOV_*', 'DATABASE_URL', 'DIGITALOCEAN_*', 'DOCKER_*', 'GCP_*', 'GH_*'],
  ...['GITEA_*', 'GITHUB_*', 'GITLAB_*', 'GIT_*', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CREDENTIALS', 'HEROKU_*'],
  ...['KUBECONFIG', 'NODE_AUTH_TOKEN', 'NPM_*', 'OPENAI_*', 'PG*', 'PLUMBLINE_INVENTORY', 'PLUMBLINE_STORE'],
  ...['PULUMI_*', 'SONAR_*', 'SSH_*', 'TF_*', 'TWINE_*', 'VAULT_TOKEN'],
]

/** Whether a document may name the variable. */
export const allowsEnv = (name: string, allowed?: AllowedSecrets): boolean =>
  allowed?.env === undefined ? !matchesAny(name, OF_OTHERS) : matchesAny(name, allowed.env)

const matchesAny = (name: string, patterns: readonly string[]): boolean => patterns.some((p) => matches(name, p))

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}
