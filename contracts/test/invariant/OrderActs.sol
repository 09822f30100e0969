// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IOrders} from "../../src/interfaces/IOrders.sol";
import {SaleActs} from "./SaleActs.sol";

/// @dev Makers cancel; the model says of every order, by its own books, whether it still fills.
abstract contract OrderActs is SaleActs {
    struct NonceModel {
        bool isUsed;
        uint256 filled;
        bytes32 boundTo;
    }

    /// @dev What an order says about itself, listing and offer alike.
    struct Order {
        address maker;
        uint256 workId;
        uint256 quantity;
        uint256 priceAtomic;
        uint256 nonce;
        uint256 counter;
        uint256 expiresAtSeconds;
        bytes32 digest;
    }

    uint256 internal constant NONCES = 20;
    uint256 internal constant MAX_ORDER_SECONDS = 30 days;
    uint256 internal constant MAX_ORDERS = 24;

    mapping(address maker => uint256) internal counters;
    mapping(address maker => mapping(uint256 counter => mapping(uint256 nonce => NonceModel))) internal
        nonces;

    // ------------------------------------------------------------------ acts

    function cancel(uint256 who, uint256 first, uint256 second, uint256 count) external act {
        // Cancelling is rarer than trading.
        if (count % 5 > 2) return;
        address maker = _person(who);
        uint256[] memory list = new uint256[](count % 5);
        if (list.length > 0) list[0] = _nonce(first);
        if (list.length > 1) list[1] = _nonce(second);
        _attempt(maker, address(works), abi.encodeCall(IOrders.cancel, (list)), list.length != 0);
        for (uint256 i; i < list.length; ++i) {
            nonces[maker][counters[maker]][list[i]].isUsed = true;
        }
    }

    function cancelAll(uint256 who) external act {
        if (who % 3 != 0) return;
        address maker = _person(who / 3);
        bytes memory result = _attempt(maker, address(works), abi.encodeCall(IOrders.cancelAll, ()), true);
        uint256 counter = abi.decode(result, (uint256));
        assertGt(counter, counters[maker], "19: a counter did not rise");
        counters[maker] = counter;
    }

    // ------------------------------------------------------------------ model

    /// @dev Nonces of the maker's first word, around its edges, and far beyond.
    function _nonce(uint256 pick) internal pure returns (uint256) {
        pick %= NONCES;
        if (pick < 15) return pick;
        return [uint256(127), 128, 255, 256, 1 << 200][pick - 15];
    }

    /// @dev Mostly one that the maker has not used up, else any.
    function _freshNonce(address maker, uint256 pick) internal view returns (uint256) {
        for (uint256 i; i < NONCES && pick % 6 != 0; ++i) {
            if (!nonces[maker][counters[maker]][_nonce(pick / 6 % NONCES + i)].isUsed) {
                return _nonce(pick / 6 % NONCES + i);
            }
        }
        return _nonce(pick / 6);
    }

    /// @dev Mostly an order that still fills; now and then one whose nonce became another's; else any, mostly dead.
    function _pick(Order[] storage orders, uint256 pick, bool isListing) internal view returns (uint256) {
        uint256 first = pick / 8 % orders.length;
        for (uint256 i; i < orders.length && pick % 8 != 0; ++i) {
            Order memory order = orders[(first + i) % orders.length];
            if (isListing && held[order.workId][order.maker] == 0) continue;
            if (pick % 8 == 1 ? _isOusted(order) : _fills(order, 1)) return (first + i) % orders.length;
        }
        return first;
    }

    /// @dev Its nonce was bound by the part of another order, which is open.
    function _isOusted(Order memory order) private view returns (bool) {
        NonceModel storage nonce = nonces[order.maker][order.counter][order.nonce];
        return order.counter == counters[order.maker] && nonce.boundTo != 0 && nonce.boundTo != order.digest
            && !nonce.isUsed && order.quantity != 0;
    }

    /// @dev Now and then a counter of the past, or one that may come.
    function _counter(address maker, uint256 pick) internal view returns (uint256) {
        if (pick % 12 == 0) return 0;
        return pick % 12 == 1 ? counters[maker] + 1 : counters[maker];
    }

    /// @dev Mostly days ahead, now and then over already or too far.
    function _expiry(uint256 pick) internal view returns (uint256) {
        if (pick % 12 == 0) return nowSeconds - 1;
        if (pick % 12 == 1) return nowSeconds + MAX_ORDER_SECONDS + 1;
        return pick % 12 == 2 ? nowSeconds + MAX_ORDER_SECONDS : nowSeconds + pick % 20 days;
    }

    /// @dev Whether an order, signed as it should be, fills by `quantity` now.
    function _fills(Order memory order, uint256 quantity) internal view returns (bool) {
        if (nowSeconds > order.expiresAtSeconds) return false;
        if (order.expiresAtSeconds > nowSeconds + MAX_ORDER_SECONDS) return false;
        if (order.counter != counters[order.maker] || quantity == 0) return false;
        NonceModel storage nonce = nonces[order.maker][order.counter][order.nonce];
        if (nonce.isUsed) return false;
        if (nonce.boundTo != 0 && nonce.boundTo != order.digest) return false;
        return nonce.filled + quantity <= order.quantity;
    }

    function _bookFill(Order memory order, uint256 quantity) internal {
        NonceModel storage nonce = nonces[order.maker][order.counter][order.nonce];
        bool isWhole = quantity == order.quantity;
        if (!isWhole) {
            nonce.boundTo = order.digest;
            nonce.filled += quantity;
        }
        nonce.isUsed = isWhole || nonce.filled == order.quantity;
        assertLe(nonce.filled, order.quantity, "17: an order filled by more than its quantity");
    }

    /// @dev A resale: royalty and fee edition by edition, rounded down, the rest the seller's.
    function _resale(Order memory order, uint256 quantity, address seller, address recipient)
        internal
        view
        returns (Sale memory sale)
    {
        uint256 royaltyAtomic = order.priceAtomic * models[order.workId].terms.resaleRoyaltyBps / BPS;
        uint256 feeAtomic = _feeOn(order.workId, order.priceAtomic);
        (sale.workId, sale.quantity) = (order.workId, quantity);
        (sale.seller, sale.recipient) = (seller, recipient);
        sale.costAtomic = quantity * order.priceAtomic;
        sale.creatorAtomic = quantity * royaltyAtomic;
        sale.feeAtomic = quantity * feeAtomic;
        sale.sellerAtomic = quantity * (order.priceAtomic - royaltyAtomic - feeAtomic);
    }
}
