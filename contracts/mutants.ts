/** Faults that somebody could write into the ledger: each breaks one rule, and the Solidity tests must notice it. */

export type Mutant = {
  /** Below src/. */
  file: string
  /** Stands exactly once in the file. */
  find: string
  replace: string
  /** Why no test can notice it, where none can. */
  survives?: string
}

const inFile = (
  file: string,
  changes: readonly (readonly [find: string, replace: string, survives?: string])[],
) =>
  changes.map(
    ([find, replace, survives]): Mutant => ({ file, find, replace, ...(survives ? { survives } : {}) }),
  )

export const MUTANTS: readonly Mutant[] = [
  ...inFile('works/Market.sol', [
    ['if (quantity > remaining) revert', 'if (quantity > remaining + 1) revert'],
    ['if (costAtomic > maxCostAtomic)', 'if (costAtomic / 2 > maxCostAtomic)'],
    ['uint256 feeAtomic = costAtomic * till.feeBps() / BPS;', 'uint256 feeAtomic = 0;'],
    ['till.withMinted(quantity)', 'till'],
    ['_checkSignature(seller, digest, signature);', ''],
    ['_requireHeld(seller, workId, quantity);', ''],
    ['_checkTimes(listing.expiresAtSeconds);', ''],
    ['_checkTimes(offer.expiresAtSeconds);', ''],
    ['_fill(offer.buyer, offer.nonce,', '_fill(msg.sender, offer.nonce,'],
    ['_checkSignature(offer.buyer, digest, signature);', ''],
    ['if (authorization.from != offer.buyer)', 'if (offer.buyer == address(0))'],
    ['priceAtomic * till.resaleRoyaltyBps() / BPS;', 'priceAtomic * till.usageRoyaltyBps() / BPS;'],
    ['if (proceedsAtomic < minProceedsAtomic)', 'if (proceedsAtomic + 1 < minProceedsAtomic)'],
    [
      '(proceedsAtomic * quantity, royaltyAtomic * quantity, feeAtomic * quantity)',
      '(proceedsAtomic * quantity, royaltyAtomic, feeAtomic * quantity)',
    ],
    [
      'purchaseNonce(digest, quantity, recipient, salt)',
      'purchaseNonce(digest, quantity, authorization.from, salt)',
    ],
    ['if (priceAtomic > MAX_PRICE) {', 'if (priceAtomic > MAX_PRICE + 1) {'],
    ['costAtomic = priceAtomic * quantity;', 'costAtomic = priceAtomic;'],
  ]),
  ...inFile('works/Orders.sol', [
    ['if (block.timestamp > expiresAtSeconds)', 'if (block.timestamp >= expiresAtSeconds)'],
    ['if (expiresAtSeconds > latestSeconds)', 'if (expiresAtSeconds > latestSeconds + 1)'],
    ['if (counter != expected) revert', 'if (counter < expected) revert'],
    ['if (quantity > remaining) revert', 'if (quantity > remaining + 1) revert'],
    ['if (fill >> DIGEST_AT != uint256(digest) >> DIGEST_AT) revert', 'if (fill == 0) revert'],
    ['_makers[maker] = word | bit;', '_makers[maker] = bit;'],
    ['_words[maker][counter][nonce >> 8] = word | bit;', ''],
    [
      'if (_setNonce(msg.sender, counter, nonces[i])) _closeFill(msg.sender, counter, nonces[i]);',
      '_setNonce(msg.sender, counter, nonces[i]);',
    ],
    ['_makers[msg.sender] = counter << FIRST_NONCES;', '_makers[msg.sender] |= counter << FIRST_NONCES;'],
    ['+ step + 1;', '+ 1;'],
    ['if (quantity == 0) revert', 'if (quantity > 1e9) revert'],
  ]),
  ...inFile('works/Payments.sol', [
    ['isPaid := and(ok,', 'isPaid := or(ok,'],
    ['eq(mload(0x00), 1)', '1'],
    ['if (!isPaid) _credit(to, workId, amountAtomic);', ''],
  ]),
  ...inFile('works/Credits.sol', [
    ['creditOf[msg.sender] = 0;', ''],
    ['return till.settled();', 'return till;'],
    ['_credit(_origins[workId].creator, workId, creatorAtomic);', ''],
    ['_tills[workIds[i]] = till.withFee(feeBps);', ''],
    ['if (feeBps > MAX_PROTOCOL_FEE_BPS)', 'if (feeBps > 511)'],
  ]),
  ...inFile('works/Till.sol', [
    ['uint256 private constant TREASURY_AT = 202;', 'uint256 private constant TREASURY_AT = 201;'],
    [
      'creator <= type(uint56).max - till.creatorAtomic()',
      'creator <= type(uint64).max - till.creatorAtomic()',
    ],
    [
      'treasury <= type(uint48).max - till.treasuryAtomic()',
      'treasury <= type(uint56).max - till.treasuryAtomic()',
    ],
    ['~(FEE_MASK << FEE_AT)', '~uint256(0)'],
  ]),
  ...inFile('works/Royalties.sol', [
    ['amountAtomic = balanceAtomic - RESTING_ATOMIC;', 'amountAtomic = balanceAtomic;'],
    ['uint256 creatorAtomic = royaltyAtomic - parentsAtomic;', 'uint256 creatorAtomic = royaltyAtomic;'],
    ['creditOf[operator] += operatorAtomic;', ''],
    ['royaltyAtomic * parents[i].shareBps / BPS', 'royaltyAtomic * parents[0].shareBps / BPS'],
  ]),
  ...inFile('works/Splitter.sol', [
    ['if (msg.sender != WORKS) revert Errors.Splitter_NotWorks(msg.sender, WORKS);', ''],
  ]),
  ...inFile('works/Editions.sol', [
    ['if (origin.disclosure != Disclosure.Openable) revert Errors.Works_NotOpenable(workId);', ''],
    ['_burn(msg.sender, workId, 1);', ''],
    [
      'if (isApproved && !IPolicy(policy).isMarketplace(operator))',
      'if (isApproved && operator == address(0))',
    ],
    [
      'if (msg.sender != from && !IPolicy(policy).isMarketplace(msg.sender))',
      'if (msg.sender != from && from == address(0))',
    ],
    ['if (!mayHold(account)) revert', 'if (account == address(this)) revert'],
  ]),
  ...inFile('works/Catalogue.sol', [
    [
      'if (_origins[workId].creator != address(0)) revert',
      'if (_origins[workId].creator == address(1)) revert',
    ],
    ['if (atSeconds <= current) revert', 'if (atSeconds < current) revert'],
    ['if (terms.usageRoyaltyBps > MAX_USAGE_ROYALTY_BPS)', 'if (terms.usageRoyaltyBps > 8191)'],
  ]),
  ...inFile('works/Parents.sol', [
    ['if (sumBps > MAX_PARENTS_BPS) revert', 'if (sumBps > MAX_PARENTS_BPS + 1) revert'],
    ['if (_isParent(workId, parent.workId, i)) revert Errors.Works_DuplicateParent(parent.workId);', ''],
  ]),
  ...inFile('Gate.sol', [
    [
      'if (chainId != block.chainid || holder == address(0)) return false;',
      'if (holder == address(0)) return false;',
    ],
    ['if (editions == 0 || sessionKey == 0) return false;', 'if (sessionKey == 0) return false;'],
    ['operator != address(0) && IAdmissions(admissions).admits(workId, operator)', 'operator != address(0)'],
    ['creator == holder || copies != 0', 'creator == holder'],
  ]),
  ...inFile('Admissions.sol', [
    [
      'uint256(strandedSinceSeconds(workId)) + STRANDED_DELAY',
      'uint256(strandedSinceSeconds(workId)) + REMOVAL_DELAY',
    ],
    ['if (span.acceptedAtSeconds == 0) return 0;', ''],
    ['effectiveAtSeconds += REMOVAL_DELAY;', ''],
    ['if (msg.sender != works) revert Errors.Admissions_NotWorks(msg.sender, works);', ''],
  ]),
  ...inFile('Policy.sol', [
    [
      'block.timestamp < _feeEffectiveAtSeconds ? _feeBps : _announcedFeeBps',
      'block.timestamp <= _feeEffectiveAtSeconds ? _feeBps : _announcedFeeBps',
    ],
    ['&& account.codehash == listed.codeHash', ''],
    ['_feeBps = protocolFeeBps();', ''],
  ]),
  ...inFile('operators/Bonds.sol', [
    ['if (block.timestamp < freeAtSeconds)', 'if (block.timestamp + 1 < freeAtSeconds)'],
    [
      'bond.unbondingSinceSeconds == 0 && bond.bondAtomic >= minimumBondAtomic',
      'bond.bondAtomic >= minimumBondAtomic',
    ],
  ]),
  ...inFile('operators/Slashing.sol', [
    ['if (block.timestamp < pending.dueAtSeconds)', 'if (block.timestamp + 1 < pending.dueAtSeconds)'],
    ['slashedAtSeconds[operator] = uint64(block.timestamp);', ''],
    ['pending.dueAtSeconds += SLASH_ANSWER;', ''],
    ['if (candidate == slashedTo) revert Errors.Operators_OwnerIsSlashedTo(candidate);', ''],
  ]),
  ...inFile('Operators.sol', [
    ['&& _cards[account].sessionKey != sessionKey', '&& sessionKey == 0'],
    ['delete operatorOfPaymentKey[card.paymentKey];', ''],
  ]),
  ...inFile('Owned.sol', [['offeredOwner = address(0);', '']]),
  ...inFile('KeyNetwork.sol', [
    ['if (block.timestamp < activatableAtSeconds)', 'if (block.timestamp + 1 < activatableAtSeconds)'],
  ]),
  ...inFile('settlement/BatchSettlement.sol', [
    ['if (received != amount) revert', 'if (received < amount) revert'],
    ['account.totalSettled += amount;', ''],
  ]),
]
