// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IOperators} from "../../src/interfaces/IOperators.sol";
import {Prices} from "../../src/Types.sol";
import {Stage} from "./Stage.sol";

/// @dev Operators register, change keys, bond and leave. The model counts a bond from what went in and out.
abstract contract OperatorActs is Stage {
    struct OperatorModel {
        bytes32 sessionKey;
        address paymentKey;
        uint256 bondAtomic;
        uint256 unbondingSince;
        uint256 lastActiveAt;
    }

    uint256 internal constant MINIMUM_BOND = 100e6;
    uint256 internal constant UNBONDING_DELAY = 14 days;
    uint256 internal constant SESSION_KEYS = 64;
    uint256 internal constant PAYMENT_KEYS = 6;

    mapping(address operator => OperatorModel) internal registry;
    /// @dev Who ever took a session key, and who has a payment key now.
    mapping(bytes32 sessionKey => address) internal keyTakenBy;
    mapping(address paymentKey => address) internal paymentKeyOf;

    /// @dev Called when operators came, went or may have served meanwhile.
    function _sweep() internal virtual;

    // ------------------------------------------------------------------ acts

    function register(uint256 who, uint256 key, uint256 payment, uint256 bond) external act {
        address operator = _node(who);
        (bytes32 sessionKey, address paymentKey) = (_sessionKey(key), _paymentKey(payment, operator));
        bond %= 2 * MINIMUM_BOND;
        bool legal = registry[operator].sessionKey == 0 && _isFreeKey(sessionKey)
            && _isFreePaymentKey(operator, paymentKey);
        money.mint(operator, bond);
        bytes memory data = abi.encodeCall(
            IOperators.register, ("https://node.example", sessionKey, paymentKey, Prices(1, 2, 3), bond)
        );
        _attempt(operator, address(operators), data, legal);
        if (!legal) return;
        OperatorModel storage model = registry[operator];
        (model.sessionKey, model.bondAtomic) = (sessionKey, bond);
        keyTakenBy[sessionKey] = operator;
        _takePaymentKey(operator, paymentKey);
        _sweep();
    }

    function update(uint256 who, uint256 payment, uint256 name) external act {
        bool isNameless = name % 6 == 0;
        address operator = _node(who);
        address paymentKey = _paymentKey(payment, operator);
        bool legal = registry[operator].sessionKey != 0 && !isNameless
            && (paymentKey == registry[operator].paymentKey || _isFreePaymentKey(operator, paymentKey));
        string memory endpoint = isNameless ? "" : "https://elsewhere.example";
        bytes memory data = abi.encodeCall(IOperators.update, (endpoint, paymentKey, Prices(4, 5, 6)));
        _attempt(operator, address(operators), data, legal);
        if (legal) _takePaymentKey(operator, paymentKey);
    }

    function rotateSessionKey(uint256 who, uint256 key) external act {
        address operator = _node(who);
        bytes32 sessionKey = _sessionKey(key);
        bool legal = registry[operator].sessionKey != 0 && _isFreeKey(sessionKey);
        bytes memory data = abi.encodeCall(IOperators.rotateSessionKey, (sessionKey));
        _attempt(operator, address(operators), data, legal);
        if (!legal) return;
        registry[operator].sessionKey = sessionKey;
        keyTakenBy[sessionKey] = operator;
    }

    function addBond(uint256 who, uint256 amount) external act {
        address operator = _node(who);
        OperatorModel storage model = registry[operator];
        amount %= MINIMUM_BOND;
        if (model.bondAtomic > 10 * MINIMUM_BOND) amount = 0;
        bool legal = model.sessionKey != 0 && amount != 0 && model.unbondingSince == 0;
        money.mint(operator, amount);
        _attempt(operator, address(operators), abi.encodeCall(IBonds.addBond, (amount)), legal);
        if (!legal) return;
        model.bondAtomic += amount;
        _sweep();
    }

    function beginUnbonding(uint256 who, uint256 chance) external act {
        if (chance % 3 == 0) return;
        address operator = _node(who);
        OperatorModel storage model = registry[operator];
        bool legal = model.bondAtomic != 0 && model.unbondingSince == 0;
        _attempt(operator, address(operators), abi.encodeCall(IBonds.beginUnbonding, ()), legal);
        if (legal) model.unbondingSince = nowSeconds;
    }

    function cancelUnbonding(uint256 who) external act {
        address operator = _node(who);
        bool legal = registry[operator].unbondingSince != 0;
        _attempt(operator, address(operators), abi.encodeCall(IBonds.cancelUnbonding, ()), legal);
        if (!legal) return;
        registry[operator].unbondingSince = 0;
        _sweep();
    }

    function withdrawBond(uint256 who, uint256 to) external act {
        address operator = _node(who);
        OperatorModel storage model = registry[operator];
        address payee = to % 16 == 15 ? address(0) : _person(to);
        bool legal = model.unbondingSince != 0 && nowSeconds >= model.unbondingSince + UNBONDING_DELAY
            && payee != address(0) && !_isRefused(payee);
        uint256 before = money.balanceOf(payee);
        _attempt(operator, address(operators), abi.encodeCall(IBonds.withdrawBond, (payee)), legal);
        if (!legal) return;
        assertEq(money.balanceOf(payee), before + model.bondAtomic, "27: a bond did not come back whole");
        (model.bondAtomic, model.unbondingSince) = (0, 0);
    }

    // ------------------------------------------------------------------ model

    function _isActive(address operator) internal view returns (bool) {
        return registry[operator].bondAtomic >= MINIMUM_BOND && registry[operator].unbondingSince == 0;
    }

    function _sessionKey(uint256 pick) internal pure returns (bytes32) {
        pick %= SESSION_KEYS;
        return pick == 0 ? bytes32(0) : keccak256(abi.encode("session", pick));
    }

    function _paymentKey(uint256 pick, address operator) internal pure returns (address) {
        pick %= PAYMENT_KEYS + 2;
        if (pick == 0) return address(0);
        return pick == 1 ? operator : address(uint160(0xbeef0000 + pick));
    }

    function _isFreeKey(bytes32 sessionKey) private view returns (bool) {
        return sessionKey != 0 && keyTakenBy[sessionKey] == address(0);
    }

    function _isFreePaymentKey(address operator, address paymentKey) private view returns (bool) {
        return paymentKey != address(0) && paymentKey != operator && paymentKeyOf[paymentKey] == address(0);
    }

    function _takePaymentKey(address operator, address paymentKey) private {
        OperatorModel storage model = registry[operator];
        paymentKeyOf[model.paymentKey] = address(0);
        paymentKeyOf[paymentKey] = operator;
        model.paymentKey = paymentKey;
    }
}
