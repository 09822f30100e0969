// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Errors
/// @notice Every refusal of the ledger, by contract. Each carries what was given and, where it helps, what would do.
library Errors {
    // ------------------------------------------------------------------ Owned

    error Owned_ZeroOwner();
    error Owned_NotOwner(address caller, address owner);
    error Owned_NotOffered(address caller, address offeredOwner);

    // ------------------------------------------------------------------ Policy

    error Policy_FeeTooHigh(uint256 feeBps, uint256 maxBps);
    error Policy_NothingAnnounced();
    error Policy_NotContract(address account);
    error Policy_NotMarketplace(address account);
    error Policy_AlreadyAnnounced(address account, uint256 sinceSeconds, uint256 untilSeconds);
    error Policy_ZeroRecipient();
    error Policy_MayNotHold(address account, bytes32 codeHash);

    // ------------------------------------------------------------------ Works: construction

    error Works_ZeroMoney();
    error Works_ZeroPolicy();
    error Works_ZeroTreasury();
    error Works_FeeTooHigh(uint256 feeBps, uint256 maxBps);

    // ------------------------------------------------------------------ Works: catalogue

    error Works_UnknownWork(uint256 workId);
    error Works_AlreadyCreated(uint256 workId, address creator);
    error Works_NotCreator(uint256 workId, address caller, address creator);
    error Works_ZeroEditionCap();
    error Works_RoyaltyTooHigh(uint256 royaltyBps, uint256 maxBps);
    error Works_ZeroContentHash();
    error Works_TooManyParents(uint256 count, uint256 maxCount);
    error Works_DuplicateParent(uint256 parentId);
    error Works_ZeroParentShare(uint256 parentId);
    error Works_ParentsShareTooHigh(uint256 sumBps, uint256 maxBps);
    error Works_NotParent(uint256 childId, uint256 parentId);
    error Works_AlreadyConfirmed(uint256 childId, uint256 parentId);
    error Works_RevocationInFuture(uint256 atSeconds, uint256 nowSeconds);
    error Works_RevocationNotLater(uint256 atSeconds, uint256 currentSeconds);

    // ------------------------------------------------------------------ Works: editions

    error Works_NotOpenable(uint256 workId);
    error Works_NotEnoughEditions(uint256 workId, address holder, uint256 held, uint256 needed);
    error Works_NotMarketplace(address account);
    error Works_RecipientIsContract(address recipient, bytes32 codeHash);
    error Works_ValidatorIsFixed(address validator);

    // ------------------------------------------------------------------ Works: market

    error Works_ZeroQuantity();
    error Works_QuantityTooLarge(uint256 quantity, uint256 maxQuantity);
    error Works_SoldOut(uint256 workId, uint256 quantity, uint256 remaining);
    error Works_PriceTooHigh(uint256 priceAtomic, uint256 maxPriceAtomic);
    error Works_CostTooHigh(uint256 costAtomic, uint256 maxCostAtomic);
    error Works_ProceedsTooLow(uint256 proceedsAtomic, uint256 minProceedsAtomic);
    error Works_OrderExpired(uint256 expiresAtSeconds, uint256 nowSeconds);
    error Works_OrderTooLong(uint256 expiresAtSeconds, uint256 latestSeconds);
    error Works_WrongCounter(address maker, uint256 counter, uint256 expected);
    error Works_NonceUsed(address maker, uint256 nonce);
    error Works_OrderFilled(address maker, uint256 nonce, uint256 quantity, uint256 remaining);
    error Works_NothingToCancel(address maker);
    error Works_BadSignature(address maker, bytes32 digest);
    error Works_NotBuyer(address payer, address buyer);

    // ------------------------------------------------------------------ Works: royalties

    error Works_ZeroOperator();
    error Works_NothingToCollect(address splitter, uint256 balanceAtomic);
    error Works_LengthMismatch(uint256 works, uint256 operators);
    error Works_NothingToWithdraw(address account);
    error Works_ZeroRecipient();

    // ------------------------------------------------------------------ Admissions

    error Admissions_ZeroOperators();
    error Admissions_NotWorks(address caller, address works);
    error Admissions_UnknownWork(uint256 workId);
    error Admissions_NotCreator(uint256 workId, address caller, address creator);
    error Admissions_NotOperator(address caller, address operator);
    error Admissions_TooMany(uint256 count, uint256 maxCount);
    error Admissions_ZeroOperator();
    error Admissions_AlreadyAdmitted(uint256 workId, address operator);
    error Admissions_NotAdmitted(uint256 workId, address operator);
    error Admissions_IsBonded(uint256 workId);
    error Admissions_Unchanged(uint256 workId, address operator, bool isAccepted);

    // ------------------------------------------------------------------ Splitter

    error Splitter_NotWorks(address caller, address works);

    // ------------------------------------------------------------------ Operators

    error Operators_ZeroMoney();
    error Operators_AlreadyRegistered(address operator);
    error Operators_NotRegistered(address operator);
    error Operators_EndpointLength(uint256 length, uint256 maxLength);
    error Operators_ZeroSessionKey();
    error Operators_SessionKeyTaken(bytes32 sessionKey, address operator);
    error Operators_ZeroPaymentKey();
    error Operators_PaymentKeyIsOwner(address owner);
    error Operators_PaymentKeyTaken(address paymentKey, address operator);
    error Operators_ZeroAmount();
    error Operators_ZeroBond(address operator);
    error Operators_Unbonding(address operator, uint256 freeAtSeconds);
    error Operators_NotUnbonding(address operator);
    error Operators_BondLocked(uint256 freeAtSeconds, uint256 nowSeconds);
    error Operators_BondTooLarge(uint256 bondAtomic, uint256 maxAtomic);
    error Operators_ZeroRecipient();
    error Operators_ZeroMinimumBond();
    error Operators_ZeroSlashedTo();
    error Operators_OwnerIsSlashedTo(address account);
    error Operators_SlashTooLarge(uint256 amountAtomic, uint256 ceilingAtomic);
    error Operators_SlashTooSoon(uint256 earliestSeconds, uint256 nowSeconds);
    error Operators_SlashTooEarly(uint256 dueAtSeconds, uint256 nowSeconds);
    error Operators_SlashPending(address operator, uint256 lapsesAtSeconds);
    error Operators_NoSlash(address operator);
    error Operators_AlreadyAnswered(address operator);

    // ------------------------------------------------------------------ Gate

    error Gate_ZeroWorks();
    error Gate_ZeroOperators();
    error Gate_ZeroAdmissions();

    // ------------------------------------------------------------------ KeyNetwork

    error KeyNetwork_BadNodeCount(uint256 count, uint256 maxCount);
    error KeyNetwork_BadThreshold(uint256 threshold, uint256 nodes);
    error KeyNetwork_BadKeyLength(uint256 length, uint256 expected);
    error KeyNetwork_IncompleteNode(uint256 index);
    error KeyNetwork_DuplicateNode(uint256 index);
    error KeyNetwork_NothingAnnounced();
    error KeyNetwork_TooEarly(uint256 activatableAtSeconds, uint256 nowSeconds);

    // ------------------------------------------------------------------ TestMoney

    error TestMoney_NotPayee(address caller, address payee);
    error TestMoney_NotYetValid(uint256 validAfter, uint256 nowSeconds);
    error TestMoney_Expired(uint256 validBefore, uint256 nowSeconds);
    error TestMoney_AuthorizationUsed(address authorizer, bytes32 nonce);
    error TestMoney_BadSignature(address authorizer);

    // ------------------------------------------------------------------ BatchSettlement and its collectors

    error BatchSettlement_Reentered();
    error BatchSettlement_ZeroParty();
    error BatchSettlement_BadWithdrawDelay(uint256 delaySeconds, uint256 minSeconds, uint256 maxSeconds);
    error BatchSettlement_ZeroAmount();
    error BatchSettlement_WrongDeposit(uint256 received, uint256 expected);
    error BatchSettlement_NotAllowed(address caller);
    error BatchSettlement_BadSignature(address signer);
    error BatchSettlement_EmptyBatch();
    error BatchSettlement_WrongAuthorizer(address authorizer, address expected);
    error BatchSettlement_AboveVoucher(uint256 total, uint256 maxClaimable);
    error BatchSettlement_AboveBalance(uint256 amount, uint256 available);
    error BatchSettlement_WrongNonce(uint256 nonce, uint256 expected);
    error BatchSettlement_NoWithdrawal(bytes32 channelId);
    error BatchSettlement_TooEarly(uint256 finalAtSeconds, uint256 nowSeconds);
    error BatchSettlement_NothingToSettle(address receiver, address token);
    error BatchSettlement_NothingToRefund(bytes32 channelId);
    error Collector_NotSettlement(address caller, address settlement);

    // ------------------------------------------------------------------ Permit2

    error Permit2_Expired(uint256 deadline, uint256 nowSeconds);
    error Permit2_AmountTooHigh(uint256 amount, uint256 permitted);
    error Permit2_NonceUsed(address owner, uint256 nonce);
    error Permit2_BadSignature(address owner);

    // ------------------------------------------------------------------ Multicall3

    error Multicall3_CallFailed(uint256 index, bytes returnData);
}
