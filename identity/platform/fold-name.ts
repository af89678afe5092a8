/** Names and addresses are compared without regard to case and to compatibility forms of letters. */
export const foldName = (name: string): string => name.normalize('NFKC').toLowerCase()
