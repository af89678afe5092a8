/** One group of pages, in the order in which somebody would read them. */
interface Group {
  readonly text: string
  readonly collapsed?: boolean
  readonly items: readonly { readonly text: string; readonly link: string }[]
}

const page = (text: string, link: string) => ({ text, link: `/${link}` })

/** Tutorial first, then guides by task, reference, concepts and operations. */
export const SIDEBAR: readonly Group[] = [
  { text: 'Tutorial', items: [page('From nothing to a reviewed change', 'tutorial')] },
  {
    text: 'Guides',
    items: [
      page('Sign people in', 'login'),
      page('Log in without a password on the wire', 'zero-knowledge-login'),
      page('Change the login pages', 'login-pages'),
      page('Connect an application', 'oidc'),
      page('Sign in at another provider', 'federation'),
      page('Second factors', 'second-factors'),
      page('People coming and moving', 'people'),
      page('Provision users from a directory', 'scim'),
      page('Provision from Microsoft Entra ID', 'entra-id'),
      page('Provision from Okta', 'okta'),
      page('Review a change', 'review'),
      page('Review pull requests', 'pull-requests'),
      page('Check the security posture', 'posture'),
      page('Find out who has to show what', 'policy'),
      page('Use Kubernetes', 'kubernetes'),
      page('Use Pulumi', 'pulumi'),
      page('Use it from a program', 'library'),
    ],
  },
  {
    text: 'Reference',
    items: [
      page('Command line', 'cli'),
      page('Project file', 'project-file'),
      page('Documents', 'reference/README'),
      page('Systems', 'reference/systems'),
      page('What each setting does', 'reference/behaviour'),
      page('Common fields', 'reference/common-fields'),
      page('Error codes', 'troubleshooting'),
    ],
  },
  {
    text: 'Concepts',
    items: [
      page('How it works', 'concepts'),
      page('Architecture', 'architecture'),
      page('Security', 'security'),
      page('Tried with other software', 'interop'),
      page('Benchmarks', 'benchmarks'),
    ],
  },
  { text: 'Operations', items: [page('Run the service', 'operations'), page('Releases', 'releasing')] },
]
