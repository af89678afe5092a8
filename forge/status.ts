import type { ForgeClient } from './client.ts'
import type { Report } from './model.ts'
import { ANYTHING } from './verbs.ts'

/** Of a commit status; longer descriptions are refused. */
const MOST_DESCRIPTION = 140

const STATES: Readonly<Record<Report['conclusion'], string>> = {
  success: 'success',
  failure: 'failure',
  'action required': 'failure',
}

/** A commit status: one line without annotations. GitHub and Gitea take the same. */
export async function setStatus(
  client: ForgeClient,
  sha: string,
  { name, conclusion, title, url }: Report,
): Promise<void> {
  await client.write('POST /repos/{owner}/{repo}/statuses/{sha}', ANYTHING, {
    sha,
    state: STATES[conclusion],
    context: name,
    description: title.slice(0, MOST_DESCRIPTION),
    ...(url !== undefined && { target_url: url }),
  })
}
