// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "solady/utils/EIP712.sol";

import {Errors} from "../Errors.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {Signatures} from "../Signatures.sol";
import {Listing, Offer} from "../Types.sol";

/// @title Orders
/// @notice See {IOrders}.
abstract contract Orders is IOrders, EIP712 {
    /// @dev A maker's counter and its first 128 nonces under that counter share a word, so that checking both costs one.
    uint256 private constant FIRST_NONCES = 128;
    uint256 private constant TOTAL_AT = 32;
    uint256 private constant DIGEST_AT = 64;

    /// @inheritdoc IOrders
    uint256 public constant MAX_ORDER_SECONDS = 30 days;

    /// @inheritdoc IOrders
    bytes32 public constant LISTING_TYPEHASH = keccak256(
        "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)"
    );

    /// @inheritdoc IOrders
    bytes32 public constant OFFER_TYPEHASH = keccak256(
        "Offer(address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)"
    );

    /// @dev The counter in the upper half, the bits of the first nonces in the lower.
    mapping(address maker => uint256) private _makers;
    /// @dev The bits of all further nonces, under the counter that they were used with.
    mapping(address maker => mapping(uint256 counter => mapping(uint256 wordIndex => uint256))) private
        _words;
    /// @dev Of an order that was filled in parts: how much is filled (lowest 32 bits), of how much (next 32 bits), and
    /// which order it is (the rest of its digest, zero once it is cancelled).
    mapping(address maker => mapping(uint256 counter => mapping(uint256 nonce => uint256))) private _fills;

    // ------------------------------------------------------------------ makers

    /// @inheritdoc IOrders
    function cancel(uint256[] calldata nonces) external {
        if (nonces.length == 0) revert Errors.Works_NothingToCancel(msg.sender);
        uint256 counter = counterOf(msg.sender);
        for (uint256 i; i < nonces.length; ++i) {
            // Only what was used before can be filled in part.
            if (_setNonce(msg.sender, counter, nonces[i])) _closeFill(msg.sender, counter, nonces[i]);
        }
        emit OrdersCancelled(msg.sender, counter, nonces);
    }

    /// @inheritdoc IOrders
    function cancelAll() external returns (uint256 counter) {
        // By an amount that nobody knows beforehand, so that no order can be signed now for a later counter.
        uint256 step = uint256(keccak256(abi.encode(blockhash(block.number - 1), msg.sender))) >> 192;
        counter = counterOf(msg.sender) + step + 1;
        _makers[msg.sender] = counter << FIRST_NONCES;
        emit CounterRaised(msg.sender, counter);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IOrders
    function counterOf(address maker) public view returns (uint256) {
        return _makers[maker] >> FIRST_NONCES;
    }

    /// @inheritdoc IOrders
    function isNonceUsed(address maker, uint256 nonce) external view returns (bool) {
        uint256 head = _makers[maker];
        uint256 counter = head >> FIRST_NONCES;
        uint256 word = nonce < FIRST_NONCES ? head : _words[maker][counter][nonce >> 8];
        uint256 fill = _fills[maker][counter][nonce];
        return word >> (nonce & 0xff) & 1 != 0 && uint32(fill) == uint32(fill >> TOTAL_AT);
    }

    /// @inheritdoc IOrders
    function filledOf(address maker, uint256 nonce) external view returns (uint256) {
        return uint32(_fills[maker][counterOf(maker)][nonce]);
    }

    /// @inheritdoc IOrders
    function listingDigest(Listing calldata listing) public view returns (bytes32) {
        bytes32 typeHash = LISTING_TYPEHASH;
        bytes32 structHash;
        // A struct of value types is encoded as its members in turn, as it already lies in the call.
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, typeHash)
            calldatacopy(add(start, 0x20), listing, 0x100)
            structHash := keccak256(start, 0x120)
        }
        return _hashTypedData(structHash);
    }

    /// @inheritdoc IOrders
    function offerDigest(Offer calldata offer) public view returns (bytes32) {
        return _hashTypedData(keccak256(abi.encode(OFFER_TYPEHASH, offer)));
    }

    // ------------------------------------------------------------------ internal

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("Grimoire Works", "1");
    }

    function _checkTimes(uint256 expiresAtSeconds) internal view {
        if (block.timestamp > expiresAtSeconds) {
            revert Errors.Works_OrderExpired(expiresAtSeconds, block.timestamp);
        }
        uint256 latestSeconds = block.timestamp + MAX_ORDER_SECONDS;
        if (expiresAtSeconds > latestSeconds) {
            revert Errors.Works_OrderTooLong(expiresAtSeconds, latestSeconds);
        }
    }

    function _checkSignature(address maker, bytes32 digest, bytes calldata signature) internal view {
        if (!Signatures.isSignedBy(maker, digest, signature)) {
            revert Errors.Works_BadSignature(maker, digest);
        }
    }

    /// @dev Takes `quantity` of an order's `total`. An order that is filled whole touches its nonce's word alone. The
    /// first fill of a part binds the nonce to that order: what is left of it is for no other.
    function _fill(
        address maker,
        uint256 nonce,
        uint256 counter,
        bytes32 digest,
        uint256 total,
        uint256 quantity
    ) internal {
        if (quantity == 0) revert Errors.Works_ZeroQuantity();
        uint256 expected = counterOf(maker);
        if (counter != expected) revert Errors.Works_WrongCounter(maker, counter, expected);
        if (_setNonce(maker, counter, nonce)) return _fillFurther(maker, nonce, counter, digest, quantity);
        if (quantity == total) return;
        if (quantity > total) revert Errors.Works_OrderFilled(maker, nonce, quantity, total);
        if (total > type(uint32).max) revert Errors.Works_QuantityTooLarge(total, type(uint32).max);
        _fills[maker][counter][nonce] =
            uint256(digest) >> DIGEST_AT << DIGEST_AT | total << TOTAL_AT | quantity;
    }

    /// @dev Takes more of an order that was filled in part.
    function _fillFurther(address maker, uint256 nonce, uint256 counter, bytes32 digest, uint256 quantity)
        private
    {
        uint256 fill = _fills[maker][counter][nonce];
        if (fill >> DIGEST_AT != uint256(digest) >> DIGEST_AT) revert Errors.Works_NonceUsed(maker, nonce);
        uint256 remaining = uint32(fill >> TOTAL_AT) - uint32(fill);
        if (quantity > remaining) revert Errors.Works_OrderFilled(maker, nonce, quantity, remaining);
        _fills[maker][counter][nonce] = fill + quantity;
    }

    /// @dev What was filled in part is no longer any order's.
    function _closeFill(address maker, uint256 counter, uint256 nonce) private {
        uint256 fill = _fills[maker][counter][nonce];
        if (fill != 0) _fills[maker][counter][nonce] = uint256(uint32(fill)) << TOTAL_AT | uint32(fill);
    }

    /// @dev Returns whether the nonce was used before.
    function _setNonce(address maker, uint256 counter, uint256 nonce) private returns (bool wasUsed) {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 word;
        if (nonce < FIRST_NONCES) {
            word = _makers[maker];
            _makers[maker] = word | bit;
        } else {
            word = _words[maker][counter][nonce >> 8];
            _words[maker][counter][nonce >> 8] = word | bit;
        }
        return word & bit != 0;
    }
}
