// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";
import {IMarket} from "../interfaces/IMarket.sol";
import {Authorization, Listing, Offer, Permit} from "../Types.sol";
import {Editions} from "./Editions.sol";
import {Orders} from "./Orders.sol";
import {Payments} from "./Payments.sol";
import {Till} from "./Till.sol";

/// @title Market
/// @notice See {IMarket}.
/// @dev Order within a sale: all of our own state, then money in, then the seller's money out, then the edition with
/// its receiver hook. Whoever is called meanwhile finds the sale done.
abstract contract Market is IMarket, Editions, Orders, Payments {
    /// @inheritdoc IMarket
    bytes32 public constant MINT_TYPEHASH =
        keccak256("Mint(uint256 workId,uint256 quantity,address recipient,bytes32 salt)");

    /// @inheritdoc IMarket
    bytes32 public constant PURCHASE_TYPEHASH =
        keccak256("Purchase(bytes32 listingDigest,uint256 quantity,address recipient,bytes32 salt)");

    /// @dev More than all money there is; small enough that no sum of a sale overflows.
    uint256 private constant MAX_PRICE = type(uint128).max;

    // ------------------------------------------------------------------ primary sale

    /// @inheritdoc IMarket
    function mint(uint256 workId, uint256 quantity, address recipient, uint256 maxCostAtomic) external {
        _pull(msg.sender, _sellNew(workId, quantity, recipient, maxCostAtomic));
        _mint(recipient, workId, quantity, "");
    }

    /// @inheritdoc IMarket
    function mintWithPermit(
        uint256 workId,
        uint256 quantity,
        address recipient,
        uint256 maxCostAtomic,
        Permit calldata permit
    ) external {
        _pullWithPermit(_sellNew(workId, quantity, recipient, maxCostAtomic), permit);
        _mint(recipient, workId, quantity, "");
    }

    /// @inheritdoc IMarket
    function mintWithAuthorization(
        uint256 workId,
        uint256 quantity,
        address recipient,
        bytes32 salt,
        Authorization calldata authorization
    ) external {
        // The authorization is for one sum, which is the buyer's ceiling.
        uint256 costAtomic = _sellNew(workId, quantity, recipient, type(uint256).max);
        _pullWithAuthorization(authorization, costAtomic, mintNonce(workId, quantity, recipient, salt));
        _mint(recipient, workId, quantity, "");
    }

    // ------------------------------------------------------------------ listings

    /// @inheritdoc IMarket
    function buy(Listing calldata listing, address recipient, uint256 quantity, bytes calldata signature)
        external
    {
        (uint256 costAtomic, uint256 proceedsAtomic) =
            _take(listing, listingDigest(listing), signature, quantity, recipient);
        _pull(msg.sender, costAtomic);
        _deliver(listing, quantity, recipient, proceedsAtomic);
    }

    /// @inheritdoc IMarket
    function buyWithPermit(
        Listing calldata listing,
        address recipient,
        uint256 quantity,
        bytes calldata signature,
        Permit calldata permit
    ) external {
        (uint256 costAtomic, uint256 proceedsAtomic) =
            _take(listing, listingDigest(listing), signature, quantity, recipient);
        _pullWithPermit(costAtomic, permit);
        _deliver(listing, quantity, recipient, proceedsAtomic);
    }

    /// @inheritdoc IMarket
    function buyWithAuthorization(
        Listing calldata listing,
        address recipient,
        uint256 quantity,
        bytes calldata signature,
        Authorization calldata authorization,
        bytes32 salt
    ) external {
        bytes32 digest = listingDigest(listing);
        (uint256 costAtomic, uint256 proceedsAtomic) = _take(listing, digest, signature, quantity, recipient);
        _pullWithAuthorization(authorization, costAtomic, purchaseNonce(digest, quantity, recipient, salt));
        _deliver(listing, quantity, recipient, proceedsAtomic);
    }

    // ------------------------------------------------------------------ offers

    /// @inheritdoc IMarket
    function acceptOffer(
        Offer calldata offer,
        bytes calldata signature,
        uint256 quantity,
        uint256 minProceedsAtomic
    ) external {
        bytes32 digest = offerDigest(offer);
        _checkSignature(offer.buyer, digest, signature);
        (uint256 costAtomic, uint256 proceedsAtomic) = _give(offer, digest, quantity, minProceedsAtomic);
        _pull(offer.buyer, costAtomic);
        _payOut(msg.sender, offer.workId, proceedsAtomic);
        _safeTransfer(msg.sender, offer.buyer, offer.workId, quantity, "");
    }

    /// @inheritdoc IMarket
    function acceptOfferWithAuthorization(
        Offer calldata offer,
        uint256 minProceedsAtomic,
        Authorization calldata authorization
    ) external {
        if (authorization.from != offer.buyer) {
            revert Errors.Works_NotBuyer(authorization.from, offer.buyer);
        }
        bytes32 digest = offerDigest(offer);
        (uint256 costAtomic, uint256 proceedsAtomic) = _give(offer, digest, offer.quantity, minProceedsAtomic);
        _pullWithAuthorization(authorization, costAtomic, digest);
        _payOut(msg.sender, offer.workId, proceedsAtomic);
        _safeTransfer(msg.sender, offer.buyer, offer.workId, offer.quantity, "");
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMarket
    function mintNonce(uint256 workId, uint256 quantity, address recipient, bytes32 salt)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(MINT_TYPEHASH, workId, quantity, recipient, salt));
    }

    /// @inheritdoc IMarket
    function purchaseNonce(bytes32 digest, uint256 quantity, address recipient, bytes32 salt)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(PURCHASE_TYPEHASH, digest, quantity, recipient, salt));
    }

    // ------------------------------------------------------------------ internal

    /// @dev Everything about a primary sale but money in and edition out.
    function _sellNew(uint256 workId, uint256 quantity, address recipient, uint256 maxCostAtomic)
        private
        returns (uint256 costAtomic)
    {
        Till till = _tillOf(workId);
        if (quantity == 0) revert Errors.Works_ZeroQuantity();
        // No sum of these can overflow: quantity is below 2^32 once it is checked, the price below 2^48, and neither
        // what is minted nor the fee is above what it is subtracted from.
        unchecked {
            uint256 remaining = till.editionCap() - till.minted();
            if (quantity > remaining) revert Errors.Works_SoldOut(workId, quantity, remaining);
            costAtomic = quantity * till.priceAtomic();
            if (costAtomic > maxCostAtomic) revert Errors.Works_CostTooHigh(costAtomic, maxCostAtomic);
            _requireMayHold(recipient);

            uint256 feeAtomic = costAtomic * till.feeBps() / BPS;
            _tills[workId] = _accrued(workId, till.withMinted(quantity), costAtomic - feeAtomic, feeAtomic);
            emit Minted(workId, recipient, quantity, costAtomic, feeAtomic);
        }
    }

    /// @dev Everything about the purchase of a listing but money in, proceeds out and editions over.
    function _take(
        Listing calldata listing,
        bytes32 digest,
        bytes calldata signature,
        uint256 quantity,
        address recipient
    ) private returns (uint256 costAtomic, uint256 proceedsAtomic) {
        (address seller, uint256 workId) = (listing.seller, listing.workId);
        _checkTimes(listing.expiresAtSeconds);
        _checkSignature(seller, digest, signature);
        _requireHeld(seller, workId, quantity);
        _requireMayHold(recipient);
        _fill(seller, listing.nonce, listing.counter, digest, listing.quantity, quantity);

        uint256 royaltyAtomic;
        uint256 feeAtomic;
        (costAtomic, proceedsAtomic, royaltyAtomic, feeAtomic) =
            _split(workId, quantity, listing.priceAtomic, listing.minProceedsAtomic);
        emit Sold(workId, seller, recipient, quantity, costAtomic, royaltyAtomic, feeAtomic, listing.nonce);
    }

    /// @dev Everything about the acceptance of an offer but its signature, money in, proceeds out and editions over.
    function _give(Offer calldata offer, bytes32 digest, uint256 quantity, uint256 minProceedsAtomic)
        private
        returns (uint256 costAtomic, uint256 proceedsAtomic)
    {
        _checkTimes(offer.expiresAtSeconds);
        _requireHeld(msg.sender, offer.workId, quantity);
        _requireMayHold(offer.buyer);
        _fill(offer.buyer, offer.nonce, offer.counter, digest, offer.quantity, quantity);

        uint256 royaltyAtomic;
        uint256 feeAtomic;
        (costAtomic, proceedsAtomic, royaltyAtomic, feeAtomic) =
            _split(offer.workId, quantity, offer.priceAtomic, minProceedsAtomic);
        emit OfferAccepted(
            offer.workId, msg.sender, offer.buyer, quantity, costAtomic, royaltyAtomic, feeAtomic, offer.nonce
        );
    }

    /// @dev Splits the price edition by edition, each share rounded down and the rest the seller's: so a part of an
    /// order costs and brings exactly its part of the whole.
    function _split(uint256 workId, uint256 quantity, uint256 priceAtomic, uint256 minProceedsAtomic)
        private
        returns (uint256 costAtomic, uint256 proceedsAtomic, uint256 royaltyAtomic, uint256 feeAtomic)
    {
        if (priceAtomic > MAX_PRICE) {
            revert Errors.Works_PriceTooHigh(priceAtomic, MAX_PRICE);
        }
        Till till = _tillOf(workId);
        // With such a price, editions below 2^32 and shares below their caps no sum can overflow or fall below zero.
        unchecked {
            royaltyAtomic = priceAtomic * till.resaleRoyaltyBps() / BPS;
            feeAtomic = priceAtomic * till.feeBps() / BPS;
            proceedsAtomic = priceAtomic - royaltyAtomic - feeAtomic;
            if (proceedsAtomic < minProceedsAtomic) {
                revert Errors.Works_ProceedsTooLow(proceedsAtomic, minProceedsAtomic);
            }
            costAtomic = priceAtomic * quantity;
            (proceedsAtomic, royaltyAtomic, feeAtomic) =
            (proceedsAtomic * quantity, royaltyAtomic * quantity, feeAtomic * quantity);
        }
        _tills[workId] = _accrued(workId, till, royaltyAtomic, feeAtomic);
    }

    function _deliver(Listing calldata listing, uint256 quantity, address recipient, uint256 proceedsAtomic)
        private
    {
        _payOut(listing.seller, listing.workId, proceedsAtomic);
        _safeTransfer(listing.seller, recipient, listing.workId, quantity, "");
    }
}
