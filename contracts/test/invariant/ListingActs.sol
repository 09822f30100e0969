// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {Authorization, Listing} from "../../src/Types.sol";
import {OrderActs} from "./OrderActs.sol";

/// @dev Sellers sign listings that stay around; buyers try them by all three ways to pay, alive or dead.
abstract contract ListingActs is OrderActs {
    struct SignedListing {
        Listing listing;
        bytes32 digest;
        bytes signature;
    }

    /// @dev What a buyer tries.
    struct Purchase {
        Listing listing;
        bytes signature;
        uint256 quantity;
        address recipient;
        Order order;
        Sale sale;
        bool legal;
    }

    SignedListing[] private _listings;
    Order[] private _orders;
    uint256 private _nextListing;

    // ------------------------------------------------------------------ acts

    /// @dev Two at a time, of one seller: they may share their nonce.
    function list(uint256 who, uint256 work, uint256 quantity, uint256 price, uint256 nonce) external act {
        _list(who, work, quantity, price, nonce);
        _list(who, work, quantity >> 8, price >> 16, price % 2 == 0 ? nonce : nonce >> 8);
        ++taken[msg.sig];
    }

    function buy(uint256 order, uint256 who, uint256 to, uint256 quantity) external act {
        if (_listings.length == 0) return;
        Purchase memory purchase = _purchase(order, _person(who), _recipient(to), quantity);
        bytes memory data = abi.encodeCall(
            IMarket.buy, (purchase.listing, purchase.recipient, purchase.quantity, purchase.signature)
        );
        _buy(purchase, purchase.sale.payer, data);
    }

    function buyWithPermit(uint256 order, uint256 who, uint256 to, uint256 quantity) external act {
        if (_listings.length == 0) return;
        Purchase memory purchase = _purchase(order, _person(who), _recipient(to), quantity);
        bytes memory data = abi.encodeCall(
            IMarket.buyWithPermit,
            (
                purchase.listing,
                purchase.recipient,
                purchase.quantity,
                purchase.signature,
                _permit(purchase.sale.payer, purchase.sale.costAtomic)
            )
        );
        _buy(purchase, purchase.sale.payer, data);
        _approveFrom(purchase.sale.payer, address(works));
    }

    function buyWithAuthorization(uint256 order, uint256 who, uint256 to, uint256 quantity, uint256 fault)
        external
        act
    {
        if (_listings.length == 0) return;
        Purchase memory purchase = _purchase(order, _person(who), _recipient(to), quantity);
        bytes32 salt = bytes32(++nextSalt);
        bytes32 nonce =
            works.purchaseNonce(purchase.order.digest, purchase.quantity, purchase.recipient, salt);
        Authorization memory authorization =
            _authorize(purchase.sale.payer, address(works), purchase.sale.costAtomic, nonce);
        if (fault % 6 == 0) {
            _attempt(relayer, address(works), _relayed(purchase, relayer, salt, authorization), false);
        }
        bytes memory data = _relayed(purchase, purchase.recipient, salt, authorization);
        _buy(purchase, relayer, data);
        if (purchase.legal && fault % 3 == 0) _attempt(relayer, address(works), data, false);
    }

    /// @dev A listing with any one term changed is nobody's.
    function buyForged(uint256 order, uint256 who, uint256 field) external act {
        if (_listings.length == 0) return;
        SignedListing memory signed = _listings[order % _listings.length];
        Listing memory forged = signed.listing;
        field %= 7;
        if (field == 0) forged.priceAtomic = forged.priceAtomic == 0 ? 1 : forged.priceAtomic - 1;
        if (field == 1) forged.quantity += 1;
        if (field == 2) forged.nonce = _nonce(field + who % 5) + 1;
        if (field == 3) forged.counter = counters[forged.seller] + 1;
        if (field == 4) forged.expiresAtSeconds += 1;
        if (field == 5) forged.minProceedsAtomic += 1;
        if (field == 6) forged.seller = _person(who);
        if (works.listingDigest(forged) == signed.digest) return;
        address buyer = _person(who);
        money.mint(buyer, forged.priceAtomic);
        bytes memory data = abi.encodeCall(IMarket.buy, (forged, buyer, 1, signed.signature));
        _attempt(buyer, address(works), data, false);
    }

    // ------------------------------------------------------------------ model

    function _list(uint256 who, uint256 work, uint256 quantity, uint256 price, uint256 nonce) private {
        Listing memory listing;
        listing.seller = _sellerOf(who, work);
        listing.workId = _work(work);
        listing.quantity = quantity % 5;
        listing.priceAtomic = price % 9 == 0 ? price >> 208 : (price >> 8) % 50e6;
        // Sometimes more than royalty and fee leave.
        listing.minProceedsAtomic = listing.priceAtomic * (price % 100) / 100;
        listing.nonce = _freshNonce(listing.seller, nonce);
        listing.counter = _counter(listing.seller, nonce >> 16);
        listing.expiresAtSeconds = _expiry(nonce >> 32);
        bytes32 digest = works.listingDigest(listing);
        SignedListing memory signed = SignedListing(listing, digest, _sign(_keyOf(listing.seller), digest));
        if (_listings.length < MAX_ORDERS) {
            _listings.push();
            _orders.push();
        }
        _listings[_nextListing % MAX_ORDERS] = signed;
        _orders[_nextListing++ % MAX_ORDERS] = _orderOf(listing, digest);
    }

    function _buy(Purchase memory purchase, address caller, bytes memory data) private {
        _sell(purchase.sale, caller, data, purchase.legal);
        if (!purchase.legal) return;
        _bookFill(purchase.order, purchase.quantity);
        assertGe(
            purchase.sale.sellerAtomic,
            purchase.quantity * purchase.listing.minProceedsAtomic,
            "9: the seller got less than it signed"
        );
    }

    function _purchase(uint256 order, address payer, address recipient, uint256 quantity)
        private
        view
        returns (Purchase memory purchase)
    {
        SignedListing memory signed = _listings[_pick(_orders, order, true)];
        Listing memory listing = signed.listing;
        (purchase.listing, purchase.signature) = (listing, signed.signature);
        (purchase.quantity, purchase.recipient) = (quantity % (listing.quantity + 2), recipient);
        purchase.order = _orderOf(listing, signed.digest);
        purchase.sale = _resale(purchase.order, purchase.quantity, listing.seller, recipient);
        purchase.sale.payer = payer;
        purchase.legal = _fills(purchase.order, purchase.quantity) && _mayHold(recipient)
            && held[listing.workId][listing.seller] >= purchase.quantity
            && purchase.sale.sellerAtomic >= purchase.quantity * listing.minProceedsAtomic;
    }

    function _orderOf(Listing memory listing, bytes32 digest) private pure returns (Order memory) {
        return Order({
            maker: listing.seller,
            workId: listing.workId,
            quantity: listing.quantity,
            priceAtomic: listing.priceAtomic,
            nonce: listing.nonce,
            counter: listing.counter,
            expiresAtSeconds: listing.expiresAtSeconds,
            digest: digest
        });
    }

    /// @dev Mostly someone who has something to sell.
    function _sellerOf(uint256 who, uint256 work) private view returns (address) {
        for (uint256 i; i < PEOPLE; ++i) {
            if (held[_work(work)][_person(who % PEOPLE + i)] != 0) return _person(who % PEOPLE + i);
        }
        return _person(who);
    }

    function _relayed(
        Purchase memory purchase,
        address recipient,
        bytes32 salt,
        Authorization memory authorization
    ) private pure returns (bytes memory) {
        return abi.encodeCall(
            IMarket.buyWithAuthorization,
            (purchase.listing, recipient, purchase.quantity, purchase.signature, authorization, salt)
        );
    }
}
