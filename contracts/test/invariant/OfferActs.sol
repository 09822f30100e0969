// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../../src/interfaces/IMarket.sol";
import {Authorization, Offer} from "../../src/Types.sol";
import {OrderActs} from "./OrderActs.sol";

/// @dev Buyers sign offers that stay around; holders try to accept them, alive or dead.
abstract contract OfferActs is OrderActs {
    Offer[] private _offers;
    Order[] private _orders;
    uint256 private _nextOffer;

    // ------------------------------------------------------------------ acts

    /// @dev Two at a time, of one buyer: they may share their nonce.
    function offer(uint256 who, uint256 work, uint256 quantity, uint256 price, uint256 nonce) external act {
        _offer(who, work, quantity, price, nonce);
        _offer(who, work >> 8, quantity >> 8, price >> 16, price % 2 == 0 ? nonce : nonce >> 8);
        ++taken[msg.sig];
    }

    function acceptOffer(uint256 pick, uint256 who, uint256 quantity, uint256 min) external act {
        if (_offers.length == 0) return;
        pick = _pick(_orders, pick, false);
        (Offer memory made, Order memory order) = (_offers[pick], _orders[pick]);
        quantity %= made.quantity + 2;
        Sale memory sale = _acceptance(order, quantity, _holderOf(made.workId, who));
        uint256 minAtomic = _minimum(sale, min);
        bool legal = _isAcceptable(order, sale, minAtomic);
        bytes memory signature = _sign(_keyOf(made.buyer), order.digest);
        if (min % 5 == 0) {
            bytes memory forged = _sign(_keyOf(made.buyer), keccak256(abi.encode(order.digest)));
            bytes memory attempt = abi.encodeCall(IMarket.acceptOffer, (made, forged, quantity, 0));
            _attempt(sale.seller, address(works), attempt, false);
        }
        bytes memory data = abi.encodeCall(IMarket.acceptOffer, (made, signature, quantity, minAtomic));
        _sell(sale, sale.seller, data, legal);
        if (legal) _bookFill(order, quantity);
    }

    function acceptOfferWithAuthorization(uint256 pick, uint256 who, uint256 min, uint256 fault)
        external
        act
    {
        if (_offers.length == 0) return;
        pick = _pick(_orders, pick, false);
        (Offer memory made, Order memory order) = (_offers[pick], _orders[pick]);
        Sale memory sale = _acceptance(order, made.quantity, _holderOf(made.workId, who));
        uint256 minAtomic = _minimum(sale, min);
        // Now and then it is someone else's money, or for another sum.
        address payer = fault % 6 == 0 ? _person(fault / 6) : made.buyer;
        uint256 sumAtomic = fault % 6 == 1 ? sale.costAtomic + 1 : sale.costAtomic;
        Authorization memory authorization = _authorize(payer, address(works), sumAtomic, order.digest);
        bool legal =
            _isAcceptable(order, sale, minAtomic) && payer == made.buyer && sumAtomic == sale.costAtomic;
        bytes memory data =
            abi.encodeCall(IMarket.acceptOfferWithAuthorization, (made, minAtomic, authorization));
        _sell(sale, sale.seller, data, legal);
        if (!legal) return;
        _bookFill(order, made.quantity);
        _attempt(sale.seller, address(works), data, false);
    }

    // ------------------------------------------------------------------ model

    function _offer(uint256 who, uint256 work, uint256 quantity, uint256 price, uint256 nonce) private {
        Offer memory made;
        made.buyer = _person(who);
        made.workId = _work(work);
        made.quantity = quantity % 5;
        made.priceAtomic = price % 9 == 0 ? price >> 208 : (price >> 8) % 50e6;
        made.nonce = _freshNonce(made.buyer, nonce);
        made.counter = _counter(made.buyer, nonce >> 16);
        made.expiresAtSeconds = _expiry(nonce >> 32);
        if (_offers.length < MAX_ORDERS) {
            _offers.push();
            _orders.push();
        }
        _offers[_nextOffer % MAX_ORDERS] = made;
        _orders[_nextOffer++ % MAX_ORDERS] = _orderOf(made);
    }

    function _isAcceptable(Order memory order, Sale memory sale, uint256 minAtomic)
        private
        view
        returns (bool)
    {
        return _fills(order, sale.quantity) && _mayHold(order.maker)
            && held[order.workId][sale.seller] >= sale.quantity
            && sale.sellerAtomic >= sale.quantity * minAtomic;
    }

    function _acceptance(Order memory order, uint256 quantity, address seller)
        private
        view
        returns (Sale memory sale)
    {
        sale = _resale(order, quantity, seller, order.maker);
        sale.payer = order.maker;
    }

    /// @dev For one edition: what the seller gets, or now and then one unit more.
    function _minimum(Sale memory sale, uint256 pick) private pure returns (uint256) {
        uint256 exactAtomic = sale.quantity == 0 ? 0 : sale.sellerAtomic / sale.quantity;
        return pick % 4 == 0 ? exactAtomic + 1 : exactAtomic;
    }

    function _orderOf(Offer memory made) private view returns (Order memory) {
        return Order({
            maker: made.buyer,
            workId: made.workId,
            quantity: made.quantity,
            priceAtomic: made.priceAtomic,
            nonce: made.nonce,
            counter: made.counter,
            expiresAtSeconds: made.expiresAtSeconds,
            digest: works.offerDigest(made)
        });
    }

    /// @dev Mostly someone who holds an edition.
    function _holderOf(uint256 workId, uint256 who) private view returns (address) {
        for (uint256 i; i < PEOPLE; ++i) {
            if (held[workId][_person(who % PEOPLE + i)] != 0) return _person(who % PEOPLE + i);
        }
        return _person(who);
    }
}
