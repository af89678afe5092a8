import { object, text } from '../field.ts'

const NAME = { minLength: 1, maxLength: 253 }
const DESTINATIONS = ['secret', 'file'] as const

/** Where a value goes that is there once. */
export const writeTo = (description: string) =>
  object(
    {
      optional: {
        secret: object(
          { required: { name: text('Name of the Secret.', NAME), key: text('Key inside it.', NAME) } },
          'A Kubernetes Secret.',
        ),
        file: text('A file, relative to the project, written with mode 0600.', { minLength: 1 }),
      },
    },
    description,
    { local: true, oneOf: DESTINATIONS.map((place) => ({ required: [place] })) },
  )
