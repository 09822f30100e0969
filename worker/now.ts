/** What the clock says, in the unit in which everything here is dated. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000)
