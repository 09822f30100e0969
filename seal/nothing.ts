/** An empty module, in place of one that only Node has. */
export {}
