import { createHash } from 'node:crypto'
import type { Comment, Forge } from '../forge/model.ts'

/** The first line of our comment, which nobody sees. `name` tells the projects of a repository apart. */
export const markerOf = (name: string): string =>
  `<!-- plumbline review ${createHash('sha256').update(name).digest('hex').slice(0, 12)} -->`

/**
 * Puts a text into the one comment of ours on a pull request: found by its marker among those of our own account, and
 * brought up to date in place. A comment of somebody else with the marker is left alone. Throws as the forge does.
 */
export async function stick(forge: Forge, number: number, marker: string, text: string): Promise<Comment> {
  const body = `${marker}\n${text}`
  const account = await forge.account()
  const [ours, ...others] = await find(forge, number, marker, account)
  if (ours === undefined) return create(forge, number, marker, body, account)
  // Two jobs at once may have made two: the later one would stay as it is.
  for (const { id } of others) await forge.updateComment(id, 'The review is in the comment above.')
  return ours.body === body ? ours : forge.updateComment(ours.id, body)
}

const find = async (forge: Forge, number: number, marker: string, account: string): Promise<readonly Comment[]> =>
  (await forge.comments(number)).filter(({ author, body }) => author === account && body.startsWith(marker))

/** A lost answer may have left a comment: it is looked for before the error is told. */
async function create(forge: Forge, number: number, marker: string, body: string, account: string): Promise<Comment> {
  try {
    return await forge.createComment(number, body)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'OUTCOME_UNKNOWN') throw error
    const [made] = await find(forge, number, marker, account)
    if (made === undefined) throw error
    return made
  }
}
