/** The client's readers and the market, loaded together on first need. */

export const hands = async () => {
  const [{ openMarket }, { reading }] = await Promise.all([
    import('./open-market.ts'),
    import('./reading.ts'),
  ])
  return { market: await openMarket(), reading }
}
