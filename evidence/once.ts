/** Makes something when it is first asked for; what failed is tried anew. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((thrown) => {
      made = undefined
      throw thrown
    })
    return made
  }
}
