// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "solady/utils/EIP712.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {IMarket} from "../interfaces/IMarket.sol";
import {IMoney} from "../interfaces/IMoney.sol";
import {Signatures} from "../Signatures.sol";
import {Authorization, Listing} from "../Types.sol";
import {Credits} from "./Credits.sol";
import {Editions} from "./Editions.sol";

/// @title Market
/// @notice See {IMarket}.
/// @dev Order within a sale: all of our own state, then money in, then the seller's money out, then the edition with
/// its receiver hook. Whoever is called meanwhile finds the sale done.
abstract contract Market is IMarket, Editions, Credits, EIP712 {
    using SafeTransferLib for address;

    /// @inheritdoc IMarket
    uint256 public constant MAX_LISTING_SECONDS = 30 days;

    /// @inheritdoc IMarket
    bytes32 public constant LISTING_TYPEHASH = keccak256(
        "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 expiresAtSeconds)"
    );

    /// @inheritdoc IMarket
    bytes32 public constant MINT_TYPEHASH = keccak256("Mint(uint256 workId,uint256 quantity,bytes32 salt)");

    /// @inheritdoc IMarket
    mapping(address seller => mapping(uint256 wordIndex => uint256)) public nonceWord;

    // ------------------------------------------------------------------ primary sale

    /// @inheritdoc IMarket
    function mint(uint256 workId, uint256 quantity, address recipient, uint256 maxCostAtomic) external {
        uint256 costAtomic = _sellNew(workId, quantity, recipient);
        if (costAtomic > maxCostAtomic) revert Errors.Works_CostTooHigh(costAtomic, maxCostAtomic);
        money.safeTransferFrom(msg.sender, address(this), costAtomic);
        _mint(recipient, workId, quantity, "");
    }

    /// @inheritdoc IMarket
    function mintWithAuthorization(
        uint256 workId,
        uint256 quantity,
        bytes32 salt,
        Authorization calldata authorization
    ) external {
        uint256 costAtomic = _sellNew(workId, quantity, authorization.from);
        _receive(authorization, costAtomic, mintNonce(workId, quantity, salt));
        _mint(authorization.from, workId, quantity, "");
    }

    // ------------------------------------------------------------------ resale

    /// @inheritdoc IMarket
    function buy(Listing calldata listing, bytes calldata signature, address recipient, uint256 maxCostAtomic)
        external
    {
        if (listing.priceAtomic > maxCostAtomic) {
            revert Errors.Works_CostTooHigh(listing.priceAtomic, maxCostAtomic);
        }
        uint256 proceedsAtomic = _take(listing, listingDigest(listing), signature, recipient);
        money.safeTransferFrom(msg.sender, address(this), listing.priceAtomic);
        _deliver(listing, recipient, proceedsAtomic);
    }

    /// @inheritdoc IMarket
    function buyWithAuthorization(
        Listing calldata listing,
        bytes calldata signature,
        Authorization calldata authorization
    ) external {
        bytes32 digest = listingDigest(listing);
        uint256 proceedsAtomic = _take(listing, digest, signature, authorization.from);
        _receive(authorization, listing.priceAtomic, digest);
        _deliver(listing, authorization.from, proceedsAtomic);
    }

    /// @inheritdoc IMarket
    function cancel(uint256 nonce) external {
        _cancel(nonce >> 8, 1 << (nonce & 0xff));
    }

    /// @inheritdoc IMarket
    function cancelMany(uint256 wordIndex, uint256 mask) external {
        _cancel(wordIndex, mask);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMarket
    function listingDigest(Listing calldata listing) public view returns (bytes32) {
        return _hashTypedData(
            keccak256(
                abi.encode(
                    LISTING_TYPEHASH,
                    listing.seller,
                    listing.workId,
                    listing.quantity,
                    listing.priceAtomic,
                    listing.nonce,
                    listing.expiresAtSeconds
                )
            )
        );
    }

    /// @inheritdoc IMarket
    function mintNonce(uint256 workId, uint256 quantity, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(MINT_TYPEHASH, workId, quantity, salt));
    }

    // ------------------------------------------------------------------ internal

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("Grimoire Works", "1");
    }

    /// @dev Everything about a primary sale but money in and edition out.
    function _sellNew(uint256 workId, uint256 quantity, address recipient)
        private
        returns (uint256 costAtomic)
    {
        Record storage record = _records[workId];
        address creator = record.creator;
        if (creator == address(0)) revert Errors.Works_UnknownWork(workId);
        if (quantity == 0) revert Errors.Works_ZeroQuantity();
        uint256 remaining = record.editionCap - record.minted;
        if (quantity > remaining) revert Errors.Works_SoldOut(workId, quantity, remaining);
        _requireMayHold(recipient);

        record.minted += uint32(quantity);
        costAtomic = quantity * record.priceAtomic;
        uint256 feeAtomic = _feeOn(costAtomic);
        _credit(creator, workId, costAtomic - feeAtomic);
        _credit(treasury, workId, feeAtomic);
        emit Minted(workId, recipient, quantity, costAtomic);
    }

    /// @dev Everything about a resale but money in, proceeds out and edition over.
    function _take(Listing calldata listing, bytes32 digest, bytes calldata signature, address recipient)
        private
        returns (uint256 proceedsAtomic)
    {
        _checkTimes(listing.expiresAtSeconds);
        if (listing.quantity == 0) revert Errors.Works_ZeroQuantity();
        if (!Signatures.isSignedBy(listing.seller, digest, signature)) {
            revert Errors.Works_BadSignature(listing.seller, digest);
        }
        _requireHeld(listing.seller, listing.workId, listing.quantity);
        _requireMayHold(recipient);

        _useNonce(listing.seller, listing.nonce);
        Record storage record = _records[listing.workId];
        uint256 royaltyAtomic = listing.priceAtomic * record.resaleRoyaltyBps / BPS;
        uint256 feeAtomic = _feeOn(listing.priceAtomic);
        proceedsAtomic = listing.priceAtomic - royaltyAtomic - feeAtomic;
        _credit(record.creator, listing.workId, royaltyAtomic);
        _credit(treasury, listing.workId, feeAtomic);
        emit Sold(
            listing.workId,
            listing.seller,
            recipient,
            listing.quantity,
            listing.priceAtomic,
            royaltyAtomic,
            feeAtomic,
            listing.nonce
        );
    }

    /// @dev Pays the seller, or credits it if the money refuses, and hands the editions over.
    function _deliver(Listing calldata listing, address recipient, uint256 proceedsAtomic) private {
        if (!_tryPay(listing.seller, proceedsAtomic)) {
            _credit(listing.seller, listing.workId, proceedsAtomic);
        }
        _safeTransfer(listing.seller, recipient, listing.workId, listing.quantity, "");
    }

    function _tryPay(address to, uint256 amountAtomic) private returns (bool) {
        (bool ok, bytes memory result) = money.call(abi.encodeCall(IMoney.transfer, (to, amountAtomic)));
        return ok && (result.length == 0 || (result.length >= 32 && abi.decode(result, (uint256)) == 1));
    }

    function _receive(Authorization calldata authorization, uint256 amountAtomic, bytes32 nonce) private {
        IMoney(money)
            .receiveWithAuthorization(
                authorization.from,
                address(this),
                amountAtomic,
                authorization.validAfter,
                authorization.validBefore,
                nonce,
                authorization.signature
            );
    }

    function _checkTimes(uint256 expiresAtSeconds) private view {
        if (block.timestamp > expiresAtSeconds) {
            revert Errors.Works_ListingExpired(expiresAtSeconds, block.timestamp);
        }
        uint256 latestSeconds = block.timestamp + MAX_LISTING_SECONDS;
        if (expiresAtSeconds > latestSeconds) {
            revert Errors.Works_ListingTooLong(expiresAtSeconds, latestSeconds);
        }
    }

    function _useNonce(address seller, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 word = nonceWord[seller][nonce >> 8];
        if (word & bit != 0) revert Errors.Works_NonceUsed(seller, nonce);
        nonceWord[seller][nonce >> 8] = word | bit;
    }

    function _cancel(uint256 wordIndex, uint256 mask) private {
        if (mask == 0) revert Errors.Works_NothingToCancel(wordIndex);
        nonceWord[msg.sender][wordIndex] |= mask;
        emit ListingsCancelled(msg.sender, wordIndex, mask);
    }
}
