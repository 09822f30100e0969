/** The bindery: which cloths a work may be bound in, and with which foil each is stamped. */

/** Bookcloth and the foil that is read on it: each pair has a contrast of 7 : 1 or more. */
export const CLOTHS: readonly [cloth: string, foil: string][] = [
  ['#4a1218', '#f0c987'],
  ['#12352b', '#e6d3a0'],
  ['#122c4a', '#e9d7ae'],
  ['#35193d', '#eec6a8'],
  ['#3d2a17', '#f1cf92'],
  ['#232b35', '#dfe3e6'],
  ['#0e3a42', '#d7e6dc'],
  ['#34381b', '#efdfa6'],
  ['#1e1730', '#d8cdf0'],
  ['#5a2118', '#f7dcc0'],
  ['#20302b', '#f2b8a0'],
  ['#2b1a24', '#e8c9d3'],
  ['#d8ccb2', '#3a2112'],
  ['#c5d0d6', '#172737'],
  ['#cdb9c4', '#35122a'],
  ['#b9c7ae', '#1b2c1c'],
]
