// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev The nouns of the ledger, declared once and shared by interfaces and implementations.

/// @notice What a work is.
enum Kind {
    Prompt,
    Chatbot
}

/// @notice Whether a holder may open a copy and read it, or only ever chat with it.
enum Disclosure {
    Sealed,
    Openable
}

/// @notice Who may serve a work: the operators that its creator lists, or any bonded operator.
enum Admission {
    Listed,
    Bonded
}

/// @notice The terms of a work, fixed at creation. Sums are in atomic units of the ledger's money.
/// @param editionCap The most editions that can ever be minted.
/// @param priceAtomic Price of one edition in the primary sale.
/// @param resaleRoyaltyBps Creator's share of each resale.
/// @param usageRoyaltyBps Creator's share of each payment for a chat.
/// @param maxTurnFeeAtomic Ceiling for what an operator may ask per turn.
/// @param maxInputPerMillionBytesAtomic Ceiling for what an operator may ask per million bytes read.
/// @param maxOutputPerMillionBytesAtomic Ceiling for what an operator may ask per million bytes written.
struct Terms {
    Kind kind;
    Disclosure disclosure;
    Admission admission;
    uint32 editionCap;
    uint48 priceAtomic;
    uint16 resaleRoyaltyBps;
    uint16 usageRoyaltyBps;
    uint48 maxTurnFeeAtomic;
    uint48 maxInputPerMillionBytesAtomic;
    uint48 maxOutputPerMillionBytesAtomic;
}

/// @notice A work that another work derives from.
/// @param workId The parent.
/// @param shareBps The parent's share of the child creator's usage royalty.
struct Parent {
    uint256 workId;
    uint16 shareBps;
}

/// @notice What the ledger knows of a work. A zero creator means that there is no such work.
struct Work {
    address creator;
    Terms terms;
    uint32 minted;
    uint32 latestVersion;
    uint64 createdAtSeconds;
}

/// @dev The order of its fields is relied on: {Orders-listingDigest} hashes them as they lie in the call.
/// @notice A seller's signed wish to sell editions, which anyone may buy whole or in parts.
/// @param quantity How many editions in all.
/// @param priceAtomic Price of one edition.
/// @param minProceedsAtomic The least that the seller receives for one edition, whatever the protocol's fee is by then.
/// @param nonce Any number that the seller has not used or cancelled; those below 128 cost least.
/// @param counter The seller's counter; raising it cancels every order at once.
/// @param expiresAtSeconds Last second at which the listing can be bought, at most 30 days ahead.
struct Listing {
    address seller;
    uint256 workId;
    uint256 quantity;
    uint256 priceAtomic;
    uint256 minProceedsAtomic;
    uint256 nonce;
    uint256 counter;
    uint256 expiresAtSeconds;
}

/// @notice A buyer's signed wish to buy editions of one work, which holders may accept whole or in parts.
/// @param quantity How many editions in all.
/// @param priceAtomic The price of one edition, and so the most that the buyer pays: its royalty and fee come out of it.
/// @param nonce Any number that the buyer has not used or cancelled; those below 128 cost least.
/// @param counter The buyer's counter; raising it cancels every order at once.
/// @param expiresAtSeconds Last second at which the offer can be accepted, at most 30 days ahead.
struct Offer {
    address buyer;
    uint256 workId;
    uint256 quantity;
    uint256 priceAtomic;
    uint256 nonce;
    uint256 counter;
    uint256 expiresAtSeconds;
}

/// @dev The order of its fields is relied on: {Payments} copies them as they lie in the call.
/// @notice An EIP-2612 permit of the caller for exactly the cost, without what the ledger itself knows.
struct Permit {
    uint256 deadlineSeconds;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @dev The order of its fields is relied on: {Payments} copies them as they lie in the call.
/// @notice An EIP-3009 authorization to receive money, without what the ledger itself knows (payee, value, nonce).
struct Authorization {
    address from;
    uint256 validAfter;
    uint256 validBefore;
    bytes signature;
}

/// @notice What an operator asks for a turn, in atomic units of the ledger's money.
struct Prices {
    uint48 turnFeeAtomic;
    uint48 inputPerMillionBytesAtomic;
    uint48 outputPerMillionBytesAtomic;
}

/// @notice What the registry knows of an operator. A zero session key means that there is no such operator.
/// @param unbondingSinceSeconds Zero while not unbonding.
/// @param freeAtSeconds When the bond can be withdrawn; zero while not unbonding.
/// @param lastActiveAtSeconds Now while active, else the moment at which it last stopped being active.
struct Operator {
    string endpoint;
    bytes32 sessionKey;
    address paymentKey;
    Prices prices;
    uint256 bondAtomic;
    uint64 registeredAtSeconds;
    uint64 unbondingSinceSeconds;
    uint64 freeAtSeconds;
    uint64 lastActiveAtSeconds;
}

/// @notice A slash that is announced against an operator.
/// @param dueAtSeconds From when it can be executed.
/// @param lapsesAtSeconds From when it no longer can.
/// @param isAnswered Whether the operator answered, which moved both by the time for answers.
struct Slash {
    uint128 amountAtomic;
    uint40 dueAtSeconds;
    uint40 lapsesAtSeconds;
    bool isAnswered;
}

/// @notice One key node of the network.
/// @param endpoint Where people and monitors find it.
/// @param verificationKey 48-byte compressed G1 point that its decryption shares are checked against.
/// @param nodeAddress Identity of the node in the view that Lit's client reads.
/// @param ip IPv4 address, which Lit's client dials.
/// @param port Port, which Lit's client dials.
struct KeyNode {
    string endpoint;
    bytes verificationKey;
    address nodeAddress;
    uint32 ip;
    uint32 port;
}
