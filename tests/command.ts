import { inject } from 'vitest'
import { entrypoint } from '../tools/image.ts'

/** Arguments for Node.js that run the command line as the container does. */
export const COMMAND = entrypoint(inject('bundle'))
